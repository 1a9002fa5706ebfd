package dev.godwit.trace;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * Makes the blocks of a file real before they are written through a mapping.
 *
 * <p>A store into a mapped hole of a file asks the file system for a block. When it has none, the process gets SIGBUS,
 * which may end the recorded JVM. A {@code write} of zeros gets an error code instead. So zeros are written ahead of
 * the only appender, where the file holds nothing but zeros anyway.
 *
 * <p>This holds where a written block is overwritten in place (ext4, XFS, tmpfs, overlay on those). A file system that
 * copies on write (btrfs, ZFS) asks for a block again; there only {@code max-size} and free space protect.
 */
final class RealBlocks implements Closeable {
    private static final byte[] ZEROS = new byte[64 << 10];

    // Not a FileChannel: an interrupted thread would close it.
    private final RandomAccessFile file;
    private long end;

    /** @param path an empty file */
    RealBlocks(Path path) throws IOException {
        file = new RandomAccessFile(path.toFile(), "rw");
    }

    /** Bytes from the start of the file that are real. */
    long end() {
        return end;
    }

    /**
     * Extends the real part up to {@code wanted}, or as far as the disk allows.
     *
     * @return true if it now reaches {@code needed}
     */
    boolean extend(long needed, long wanted) {
        try {
            file.seek(end);
            while (end < wanted) {
                file.write(ZEROS, 0, (int) Math.min(ZEROS.length, wanted - end));
                end = file.getFilePointer();
            }
        } catch (IOException e) {
            return end >= needed;
        }
        return true;
    }

    /**
     * Cuts the file behind its content and pads it with zeros to the given size. Only when no mapping is used any more.
     */
    void truncate(long contentBytes, long size) throws IOException {
        file.setLength(contentBytes); // also rids it of a document that was left half-written
        file.setLength(size);
        end = Math.min(end, size);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
