package dev.godwit.linux;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.Arrays;

/** Reads files below {@code /proc} whole, into a buffer that is kept. Their size is not known before. */
final class ProcFile {
    private final String path;
    private final int limit;
    private byte[] content;
    private int length;

    /**
     * @param path file to read
     * @param limit largest size in bytes that is accepted
     */
    ProcFile(String path, int limit) {
        this.path = path;
        this.limit = limit;
        this.content = new byte[Math.min(limit, 32 * 1024)];
    }

    /** Reads the file. Throws if it is larger than the limit. */
    void read() throws IOException {
        length = 0;
        try (FileInputStream in = new FileInputStream(path)) {
            while (true) {
                if (length == content.length) {
                    grow();
                }
                int got = in.read(content, length, content.length - length);
                if (got < 0) {
                    return;
                }
                length += got;
            }
        }
    }

    private void grow() throws IOException {
        if (content.length == limit) {
            throw new IOException(path + " is larger than " + limit + " bytes");
        }
        content = Arrays.copyOf(content, (int) Math.min(limit, content.length * 2L));
    }

    /** The bytes, valid up to {@link #length()} until the next reading. */
    byte[] content() {
        return content;
    }

    int length() {
        return length;
    }
}
