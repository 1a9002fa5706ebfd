package dev.godwit.trace;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads the documents of a Chronicle Queue file without Chronicle and without a mapping.
 *
 * <p>Chronicle trusts its files: a damaged length leads it to wait, and a file cut short to SIGBUS. A trace may come
 * from anywhere, so it is read by plain reads, each checked against the size of the file, and nothing is locked or
 * written.
 *
 * <p>A document is a 32-bit little-endian header, aligned to four bytes, and as many bytes as it says:
 *
 * <pre>
 *    31            30          29 ... 0
 *  +-------------+-----------+---------+
 *  | unfinished  | metadata  | length  |
 *  +-------------+-----------+---------+
 * </pre>
 *
 * Zero means that nothing was written yet, {@code 0xC0000000} that the queue went on in another file.
 */
final class QueueFile implements Closeable {
    private static final int UNFINISHED = 1 << 31;
    private static final int METADATA = 1 << 30;
    private static final int LENGTH_MASK = METADATA - 1;
    private static final int HEADER_BYTES = 4;
    private static final int MAX_FIRST_DOCUMENT_BYTES = 64 << 10;
    private static final int PAGE_BYTES = 4096;

    /** How the first document of each queue file begins: the event name "header", in Chronicle's binary wire. */
    private static final byte[] FIRST_DOCUMENT = "\u00b9\u0006header".getBytes(StandardCharsets.ISO_8859_1);

    private final RandomAccessFile file;
    private final byte[] word = new byte[HEADER_BYTES];
    private byte[] bytes = new byte[4096];
    private int size;
    private long position;
    private long documentPosition;

    /** What {@link #next} found. */
    enum Found {
        /** A document, in {@link #bytes} from 0 to {@link #size}. */
        DOCUMENT,
        /** The end of what was written, or a document that is being written. */
        END,
        /** A document that ends behind the end of the file. */
        CUT_OFF,
        /** A document larger than a record can be. */
        TOO_LARGE
    }

    /** Opens for reading only. */
    QueueFile(Path path) throws FileNotFoundException {
        file = new RandomAccessFile(path.toFile(), "r");
    }

    /** Bytes of a file whose last document ends at the given position: whole pages, with a header of zeros behind. */
    static long sizeOnDisk(long position) {
        return (position + 2 * HEADER_BYTES + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    }

    /** False while the first document is missing or being written: of its bytes some may be there, in any order. */
    boolean isBegun() throws IOException {
        if (file.length() < HEADER_BYTES) {
            return false;
        }
        int header = headerAt(0);
        return header != 0 && (header & UNFINISHED) == 0;
    }

    /** False if the file certainly is no queue; one that is empty, cut short, or still zeros may become one. */
    boolean looksLikeQueue() throws IOException {
        byte[] start = new byte[FIRST_DOCUMENT.length];
        file.seek(HEADER_BYTES);
        int length = Math.max(0, file.read(start));
        return Arrays.equals(start, 0, length, FIRST_DOCUMENT, 0, length)
                || Arrays.equals(start, new byte[start.length]);
    }

    /** Reads the first document, which describes the queue. */
    Found first() throws IOException {
        position = 0;
        return read(true, MAX_FIRST_DOCUMENT_BYTES);
    }

    /** Reads the next document with data. After anything but DOCUMENT the same place is tried again. */
    Found next() throws IOException {
        return read(false, TraceLimits.MAX_RECORD_BYTES);
    }

    private Found read(boolean metadata, int maximum) throws IOException {
        while (true) {
            long start = (position + HEADER_BYTES - 1) / HEADER_BYTES * HEADER_BYTES;
            long left = file.length() - start;
            documentPosition = start;
            if (left < HEADER_BYTES) {
                return left <= 0 ? Found.END : Found.CUT_OFF;
            }
            int header = headerAt(start);
            int length = header & LENGTH_MASK;
            if (header == 0 || (header & UNFINISHED) != 0) {
                return Found.END;
            }
            if (length > left - HEADER_BYTES) {
                return Found.CUT_OFF;
            }
            boolean wanted = metadata == ((header & METADATA) != 0);
            if (wanted && length > maximum) {
                return Found.TOO_LARGE;
            }
            if (wanted) {
                fill(length);
            }
            position = start + HEADER_BYTES + length;
            if (wanted) {
                return Found.DOCUMENT;
            }
        }
    }

    private int headerAt(long start) throws IOException {
        file.seek(start);
        file.readFully(word);
        return ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    private void fill(int length) throws IOException {
        if (bytes.length < length) {
            bytes = new byte[length];
        }
        file.readFully(bytes, 0, length);
        size = length;
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    /** Offset in the file of the document that was looked at last. */
    long documentPosition() {
        return documentPosition;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
