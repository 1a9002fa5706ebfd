package dev.godwit.linux;

import com.sun.jna.LastErrorException;
import java.nio.ByteBuffer;

/**
 * Which pages of a process are present, and which were written since they were last asked for: the ioctl
 * {@code PAGEMAP_SCAN} of {@code /proc/PID/pagemap} (Linux 6.7, {@code linux/fs.h}).
 *
 * <p>Where the kernel lacks the ioctl, {@link #scanPresent} reads the entries of the file instead, 8 bytes per page,
 * about twenty times slower.
 */
public final class Pagemap implements AutoCloseable {
    /** {@code _IOWR('f', 16, struct pm_scan_arg)}. */
    private static final long PAGEMAP_SCAN = 0xc060_6610L;

    private static final int ARGUMENT_BYTES = 96;
    private static final int FLAGS = 8;
    private static final int START = 16;
    private static final int END = 24;
    private static final int WALK_END = 32;
    private static final int VEC = 40;
    private static final int VEC_LENGTH = 48;
    private static final int MAX_PAGES = 56;
    private static final int CATEGORY_INVERTED = 64;
    private static final int CATEGORY_MASK = 72;
    private static final int CATEGORY_ANYOF_MASK = 80;
    private static final int RETURN_MASK = 88;

    private static final long PM_SCAN_WP_MATCHING = 1;
    private static final long PM_SCAN_CHECK_WPASYNC = 2;
    private static final long PAGE_IS_WPALLOWED = 1;
    private static final long PAGE_IS_WRITTEN = 2;
    private static final long PAGE_IS_PRESENT = 8;
    private static final long PAGE_IS_SWAPPED = 16;

    /** {@code struct page_region {u64 start; u64 end; u64 categories}}. */
    private static final int REGION_BYTES = 24;

    /**
     * No more than the kernel collects before it copies them out. With room for more, Linux 6.18 goes on by itself but
     * leaves {@code walk_end} where it copied first, so that the rest would be walked twice.
     */
    private static final int REGIONS = 512;

    /** The argument has the first page, the regions those behind it. */
    private static final int VEC_OFFSET = 4096;

    private final int fd;
    private final NativeBuffer memory;
    private final ByteBuffer argument;
    private final ByteBuffer regions;
    private final PagemapEntries entries;
    private boolean open = true;
    private boolean hasScan = true;

    private Pagemap(int fd, PagemapEntries entries) {
        this.fd = fd;
        this.entries = entries;
        this.memory = NativeBuffer.shared(VEC_OFFSET + REGIONS * REGION_BYTES);
        this.argument = memory.slice(0, ARGUMENT_BYTES);
        this.regions = memory.slice(VEC_OFFSET, REGIONS * REGION_BYTES);
    }

    /**
     * Opens the page map of the own process.
     *
     * @throws SystemCallException {@code EACCES} if the process may not look at itself (not dumpable), {@code ENOENT}
     *     without {@code /proc}
     */
    public static Pagemap openSelf() {
        return open("/proc/self/pagemap");
    }

    /** Opens the page map of another process, which needs the right to trace it. */
    public static Pagemap open(long pid) {
        return open("/proc/" + pid + "/pagemap");
    }

    private static Pagemap open(String path) {
        try {
            int fd = LibC.open(path, LibC.O_RDONLY | LibC.O_CLOEXEC);
            return new Pagemap(fd, new PagemapEntries(path));
        } catch (LastErrorException failure) {
            throw new SystemCallException("open " + path, failure.getErrorCode());
        }
    }

    /**
     * Reports the present or swapped pages of a range that were written since the last call, and protects exactly these
     * again, in one atomic step per page. Pages that are not registered with a {@link Userfaultfd} are passed over in
     * silence. Contents may be read after this returned, not before: then a later write is reported by the next call.
     *
     * <p>A never-touched page is not reported, so that a reservation of terabytes costs nothing.
     *
     * @throws SystemCallException if the kernel lacks the ioctl ({@code ENOTTY})
     */
    public void scanWritten(long start, long end, RangeSink written) {
        prepare(PM_SCAN_WP_MATCHING, PAGE_IS_WRITTEN, PAGE_IS_PRESENT | PAGE_IS_SWAPPED, PAGE_IS_WRITTEN);
        walk(start, end, (from, to, categories) -> written.range(from, to));
    }

    /**
     * As {@link #scanWritten}, and makes sure that every page of the range is registered. For a process that stands: in
     * one that runs, a mapping may just have been replaced, and the pages in front of it would not be reported again.
     *
     * @throws SystemCallException {@code EPERM} if a part is not registered; what was written cannot be told then
     */
    public void scanWrittenOfStopped(long start, long end, RangeSink written) {
        prepare(
                PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC,
                PAGE_IS_WRITTEN,
                PAGE_IS_PRESENT | PAGE_IS_SWAPPED,
                PAGE_IS_WRITTEN);
        walk(start, end, (from, to, categories) -> written.range(from, to));
    }

    /**
     * Reports the pages of a range that have content, present in memory or swapped out, and of these the ones that
     * {@link #scanWritten} would report if it was called now, or that it cannot report as they are not registered with a
     * {@link Userfaultfd}. Protects nothing.
     *
     * @throws SystemCallException if the kernel lacks the ioctl ({@code ENOTTY})
     */
    public void scanPresent(long start, long end, RangeSink present, RangeSink writtenOrUnwatched) {
        prepare(0, 0, PAGE_IS_PRESENT | PAGE_IS_SWAPPED, PAGE_IS_WPALLOWED | PAGE_IS_WRITTEN);
        walk(start, end, (from, to, categories) -> {
            present.range(from, to);
            if (categories != PAGE_IS_WPALLOWED) {
                writtenOrUnwatched.range(from, to);
            }
        });
    }

    /** Reports the pages of a range that have content, present in memory or swapped out; works on any kernel. */
    public void scanPresent(long start, long end, RangeSink present) {
        if (hasScan) {
            try {
                prepare(0, 0, PAGE_IS_PRESENT | PAGE_IS_SWAPPED, PAGE_IS_PRESENT);
                walk(start, end, (from, to, categories) -> present.range(from, to));
                return;
            } catch (SystemCallException missing) {
                if (missing.errno() != Errno.ENOTTY) {
                    throw missing;
                }
                hasScan = false;
            }
        }
        entries.scanPresent(start, end, present);
    }

    @FunctionalInterface
    private interface RegionSink {
        void region(long start, long end, long categories);
    }

    private void prepare(long flags, long all, long any, long returned) {
        argument.putLong(0, ARGUMENT_BYTES)
                .putLong(FLAGS, flags)
                .putLong(VEC, memory.address() + VEC_OFFSET)
                .putLong(VEC_LENGTH, REGIONS)
                .putLong(MAX_PAGES, 0)
                .putLong(CATEGORY_INVERTED, 0)
                .putLong(CATEGORY_MASK, all)
                .putLong(CATEGORY_ANYOF_MASK, any)
                .putLong(RETURN_MASK, returned);
    }

    /** The kernel stops early when the regions are full; it then says how far it came. */
    private void walk(long start, long end, RegionSink sink) {
        long from = start;
        while (from < end) {
            argument.putLong(START, from).putLong(END, end).putLong(WALK_END, 0);
            int count = scan(from, end);
            for (int i = 0; i < count; i++) {
                int at = i * REGION_BYTES;
                sink.region(regions.getLong(at), regions.getLong(at + 8), regions.getLong(at + 16));
            }
            long reached = argument.getLong(WALK_END);
            if (reached <= from || reached > end) {
                throw new IllegalStateException("PAGEMAP_SCAN from 0x" + Long.toHexString(from) + " to 0x"
                        + Long.toHexString(end) + " says that it reached 0x" + Long.toHexString(reached));
            }
            from = reached;
        }
    }

    private int scan(long from, long end) {
        while (true) {
            try {
                int count = LibC.ioctl(fd, PAGEMAP_SCAN, memory.address());
                if (count < 0 || count > REGIONS) {
                    throw new IllegalStateException("PAGEMAP_SCAN gave " + count + " regions of at most " + REGIONS);
                }
                return count;
            } catch (LastErrorException failure) {
                // A signal before the walk began; after it began, the kernel returns what it has.
                if (failure.getErrorCode() != Errno.EINTR) {
                    throw new SystemCallException(
                            "PAGEMAP_SCAN start=0x" + Long.toHexString(from) + " end=0x" + Long.toHexString(end),
                            failure.getErrorCode());
                }
            }
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            entries.close();
            memory.close();
            LibC.close(fd);
        }
    }
}
