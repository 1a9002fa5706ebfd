package dev.godwit.hypervisor.stream;

import java.io.IOException;

/** What came over the wire is no migration stream, or not all of one. The message is one line. */
public final class StreamException extends IOException {
    private static final long serialVersionUID = 1;

    public StreamException(String message) {
        super(message);
    }
}
