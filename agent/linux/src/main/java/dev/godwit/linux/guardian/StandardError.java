package dev.godwit.linux.guardian;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Keeps the last of what a process prints on its standard error, so that it never waits for somebody to read it. */
final class StandardError {
    private static final int LIMIT = 2000;

    private final StringBuilder last = new StringBuilder();
    private final Thread reader;

    StandardError(InputStream in) {
        this.reader = new Thread(() -> read(in), "godwit-guardian-errors");
        reader.setDaemon(true);
        reader.start();
    }

    private void read(InputStream in) {
        byte[] bytes = new byte[512];
        try (in) {
            for (int got = in.read(bytes); got >= 0; got = in.read(bytes)) {
                keep(new String(bytes, 0, got, StandardCharsets.UTF_8));
            }
        } catch (IOException ended) {
            // The process is gone, and with it what it had to say.
        }
    }

    private synchronized void keep(String text) {
        last.append(text);
        if (last.length() > LIMIT) {
            last.delete(0, last.length() - LIMIT);
        }
    }

    /** What was printed, in front of it a colon; empty if nothing was. Waits for the rest when the process has ended. */
    String describe() {
        try {
            reader.join(500);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            String text = last.toString().trim().replaceAll("\\s*\\R\\s*", " | ");
            return text.isEmpty() ? "" : ": " + text;
        }
    }
}
