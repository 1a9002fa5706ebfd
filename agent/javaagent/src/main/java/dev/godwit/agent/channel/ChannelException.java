package dev.godwit.agent.channel;

import java.io.IOException;

/** The control channel cannot be used, or a request over it was turned down; the message is one line that says why. */
public final class ChannelException extends IOException {
    private static final long serialVersionUID = 1L;

    public ChannelException(String message) {
        super(message);
    }
}
