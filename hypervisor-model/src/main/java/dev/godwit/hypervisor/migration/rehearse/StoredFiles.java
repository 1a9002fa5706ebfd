package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.stream.PageHash;
import dev.godwit.linux.NativeBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Pages that a destination reads from files which its source names, and keeps until the source says that a page is just so. It
 * reads only below directories that its operator allowed: a source must not read other files of this machine through it.
 */
final class StoredFiles implements AutoCloseable {
    private static final long[] NONE = {};

    private final List<Path> allowed;
    private final int pageBytes;
    private final long mostPages;
    private final TreeMap<Long, Piece> pieces = new TreeMap<>();
    private final PageHash hash = new PageHash();
    private long heldPages;

    private record Piece(NativeBuffer memory, int pages) {}

    /**
     * @param allowed directories; empty if nothing may be read
     * @param mostPages that are kept
     */
    StoredFiles(List<Path> allowed, int pageBytes, long mostPages) {
        this.allowed = List.copyOf(allowed);
        this.pageBytes = pageBytes;
        this.mostPages = mostPages;
    }

    /** True if anything may be read. */
    boolean areAllowed() {
        return !allowed.isEmpty();
    }

    /**
     * Reads pages one behind the other.
     *
     * @param firstPage number of the first; those of pieces do not overlap
     * @param offset of it in the file
     * @return their hashes; none if they may not be read, cannot be, or have no room
     */
    long[] read(String path, long offset, long firstPage, int pages) {
        Map.Entry<Long, Piece> below = pieces.lowerEntry(firstPage + pages);
        boolean overlaps = below != null && below.getKey() + below.getValue().pages > firstPage;
        if (overlaps || heldPages + pages > mostPages) {
            return NONE;
        }
        int bytes = Math.toIntExact((long) pages * pageBytes);
        try {
            Path file = Path.of(path).toRealPath();
            if (!isAllowed(file) || !Files.isRegularFile(file)) {
                return NONE;
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                return channel.size() - bytes < offset ? NONE : read(channel, offset, firstPage, pages, bytes);
            }
        } catch (IOException | InvalidPathException | SecurityException unreadable) {
            return NONE;
        }
    }

    private boolean isAllowed(Path file) {
        for (Path directory : allowed) {
            try {
                if (file.startsWith(directory.toRealPath())) {
                    return true;
                }
            } catch (IOException gone) {
                // Then nothing is below it.
            }
        }
        return false;
    }

    private long[] read(FileChannel channel, long offset, long firstPage, int pages, int bytes) throws IOException {
        NativeBuffer memory = NativeBuffer.shared(bytes);
        try {
            ByteBuffer into = memory.slice(0, bytes);
            while (into.hasRemaining()) {
                if (channel.read(into, offset + into.position()) < 0) {
                    memory.close();
                    return NONE;
                }
            }
            long[] hashes = new long[pages];
            for (int i = 0; i < pages; i++) {
                hashes[i] = hash.of(into.limit((i + 1) * pageBytes).position(i * pageBytes));
            }
            pieces.put(firstPage, new Piece(memory, pages));
            heldPages += pages;
            return hashes;
        } catch (IOException | RuntimeException failed) {
            memory.close();
            throw failed;
        }
    }

    /**
     * A page as it was read.
     *
     * @throws IOException if it was not
     */
    ByteBuffer page(long number) throws IOException {
        Map.Entry<Long, Piece> piece = pieces.floorEntry(number);
        if (piece == null || number - piece.getKey() >= piece.getValue().pages) {
            throw new IOException("page " + number + " comes as stored, and was never read from a file");
        }
        return piece.getValue().memory.slice((number - piece.getKey()) * pageBytes, pageBytes);
    }

    @Override
    public void close() {
        pieces.values().forEach(piece -> piece.memory.close());
        pieces.clear();
    }
}
