package dev.godwit.hypervisor.stream.verify;

import java.io.IOException;

/** A file is no capture of a correct migration. One line. */
public final class StreamRefused extends IOException {
    private static final long serialVersionUID = 1;

    StreamRefused(String message) {
        super(message);
    }
}
