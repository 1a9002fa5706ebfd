package dev.godwit.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The mappings of a process, from {@code /proc/PID/maps} ({@code Documentation/filesystems/proc.rst}). Not thread-safe:
 * the buffer is reused.
 *
 * <p>The kernel hands the file out piece by piece while the process goes on: a mapping may be missing or be its earlier
 * self. The list is ordered and free of overlaps all the same.
 */
public final class ProcessMaps {
    /** The kernel's default limit is 65 530 mappings, of about 100 bytes each. */
    private static final int LIMIT_BYTES = 64 << 20;

    private final ProcFile file;
    private final Map<String, String> paths = new HashMap<>();

    private ProcessMaps(String path) {
        this.file = new ProcFile(path, LIMIT_BYTES);
    }

    /** Mappings of the own process. */
    public static ProcessMaps ofSelf() {
        return new ProcessMaps("/proc/self/maps");
    }

    /** Mappings of another process. */
    public static ProcessMaps of(long pid) {
        return new ProcessMaps("/proc/" + pid + "/maps");
    }

    /**
     * Reads the mappings as they are now.
     *
     * @throws IOException if the process has ended or may not be looked at, or what the kernel gave is not understood
     */
    public List<Entry> read() throws IOException {
        file.read();
        if (paths.size() > 10_000) {
            paths.clear();
        }
        return parse(file.content(), file.length(), paths);
    }

    /**
     * Parses text in the format of {@code /proc/PID/maps}.
     *
     * @throws IOException naming the line that is not in that format
     */
    public static List<Entry> parse(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return parse(bytes, bytes.length, new HashMap<>());
    }

    private static List<Entry> parse(byte[] bytes, int length, Map<String, String> paths) throws IOException {
        List<Entry> entries = new ArrayList<>();
        MapsLine line = new MapsLine(bytes, paths);
        long reached = 0;
        int at = 0;
        while (at < length) {
            int end = at;
            while (end < length && bytes[end] != '\n') {
                end++;
            }
            Entry entry = line.parse(at, end);
            if (entry != null && entry.end() > reached) {
                entries.add(entry.behind(reached));
                reached = entry.end();
            }
            at = end + 1;
        }
        return entries;
    }

    /**
     * One mapping.
     *
     * @param start first address
     * @param end address behind the last one
     * @param permissions four letters, such as {@code rw-p}
     * @param offset offset in the file, zero if there is none
     * @param inode inode of the file, zero if there is none
     * @param path path of the file, a name in brackets such as {@code [stack]}, or empty
     */
    public record Entry(long start, long end, String permissions, long offset, long inode, String path) {

        /** True if writes stay in this process: anonymous memory, or a private copy of a file's pages. */
        public boolean isPrivate() {
            return permissions.charAt(3) == 'p';
        }

        public boolean isReadable() {
            return permissions.charAt(0) == 'r';
        }

        public boolean isWritable() {
            return permissions.charAt(1) == 'w';
        }

        /** True if neither a file nor a name belongs to it. */
        public boolean isNameless() {
            return inode == 0 && path.isEmpty();
        }

        /** True for pages that the kernel lends to the process: {@code [vdso]}, {@code [vvar]}, {@code [vsyscall]}. */
        public boolean isKernelPage() {
            return path.startsWith("[v");
        }

        /** Cuts off what is below an address, as a mapping that grew while the file was read needs it. */
        private Entry behind(long address) {
            if (start >= address) {
                return this;
            }
            long cut = address - start;
            return new Entry(address, end, permissions, inode == 0 ? offset : offset + cut, inode, path);
        }
    }
}
