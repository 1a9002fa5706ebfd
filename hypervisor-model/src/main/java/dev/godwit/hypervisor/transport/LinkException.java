package dev.godwit.hypervisor.transport;

import java.io.IOException;

/** A connection was refused or is no use any more. The message is one line that names the peer. */
public final class LinkException extends IOException {
    private static final long serialVersionUID = 1;

    public LinkException(String message) {
        super(message);
    }

    public LinkException(String message, Throwable cause) {
        super(message, cause);
    }
}
