package dev.godwit.linux;

import java.io.IOException;
import java.util.Arrays;

/**
 * Which pages of the private anonymous memory of another process were written: round by round while it runs, and at last,
 * exactly, while it stands. Registers what the process maps in between by itself. Not thread-safe.
 *
 * <p>Contents may be read after a round returned, not before: a later write is then reported by the next round. What a
 * round reports may be gone when it is read. Memory that appeared since the last round is reported whole. The last round
 * must be {@link #scanStopped}, on the stopped process: it reads the mappings again, and leaves nothing out.
 *
 * <p>Some ranges can be left out of the tracking, as a JVM's Eden, which is nearly all written anyway: the process then
 * does not pay for the faults, and the last round reports all that they hold.
 */
public final class RemoteWrites implements AutoCloseable {
    private final long pid;
    private final RemoteUserfaultfd fault;
    private final Pagemap pagemap;
    private final ProcessMaps maps;
    private long[] untrackedStarts = new long[0];
    private long[] untrackedEnds = new long[0];

    private RemoteWrites(long pid, RemoteUserfaultfd fault, Pagemap pagemap) {
        this.pid = pid;
        this.fault = fault;
        this.pagemap = pagemap;
        this.maps = ProcessMaps.of(pid);
    }

    /**
     * Writes of a process from now on; the first round reports everything.
     *
     * @param fault userfaultfd of the process, which stays the caller's to close; it must not have missing pages
     */
    public static RemoteWrites of(long pid, RemoteUserfaultfd fault) {
        return new RemoteWrites(pid, fault, Pagemap.open(pid));
    }

    /** True for memory that is tracked: private, of no file, not the kernel's, and accessible. */
    public static boolean isTracked(ProcessMaps.Entry mapping) {
        return mapping.isPrivate() && mapping.inode() == 0 && !mapping.isKernelPage() && mapping.isReadable();
    }

    /**
     * Leaves ranges out from now on, in place of those left out before.
     *
     * @param starts first addresses, at pages, ascending
     * @param ends addresses behind the ranges
     */
    public void leaveOut(long[] starts, long[] ends) {
        if (starts.length != ends.length) {
            throw new IllegalArgumentException("starts=" + starts.length + " ends=" + ends.length);
        }
        untrackedStarts = Arrays.copyOf(starts, starts.length);
        untrackedEnds = Arrays.copyOf(ends, ends.length);
        for (int i = 0; i < starts.length; i++) {
            try {
                fault.unregister(starts[i], ends[i]);
            } catch (SystemCallException notRegistered) {
                // Some of it is not mapped, or is a file's: then the rest is tracked, which is right too.
            }
        }
    }

    /**
     * Reports what was written since the last round, of a process that runs.
     *
     * @throws IOException if the process has ended
     * @throws SystemCallException {@code ENOMEM} if the process is at its limit of mappings
     */
    public void scan(RangeSink written) throws IOException {
        for (ProcessMaps.Entry mapping : maps.read()) {
            if (isTracked(mapping)) {
                forEachPiece(mapping, (start, end) -> scanPiece(start, end, written), (start, end) -> {});
            }
        }
    }

    private void scanPiece(long start, long end, RangeSink written) {
        try {
            fault.register(start, end, RemoteUserfaultfd.WRITES);
        } catch (SystemCallException failure) {
            if (failure.errno() == Errno.ENOMEM && ProcessTasks.list(pid).length > 0) {
                throw failure;
            }
            // The process replaced the mapping since its maps were read: what is there now comes in the next round.
            return;
        }
        pagemap.scanWritten(start, end, written);
    }

    /**
     * Reports what was written since the last round, of a process that stands: all of it.
     *
     * @param written also takes what the ranges hold that are left out
     * @param present takes every page that has content; all others are zeros
     * @throws IOException if the process has ended
     * @throws SystemCallException if something cannot be tracked; what was written cannot be told then
     */
    public void scanStopped(RangeSink written, RangeSink present) throws IOException {
        for (ProcessMaps.Entry mapping : maps.read()) {
            if (isTracked(mapping)) {
                pagemap.scanPresent(mapping.start(), mapping.end(), present);
                forEachPiece(
                        mapping,
                        (start, end) -> {
                            fault.register(start, end, RemoteUserfaultfd.WRITES);
                            pagemap.scanWrittenOfStopped(start, end, written);
                        },
                        (start, end) -> pagemap.scanPresent(start, end, written));
            }
        }
    }

    /** Takes a mapping apart into what is tracked and what is left out, ascending. */
    private void forEachPiece(ProcessMaps.Entry mapping, RangeSink tracked, RangeSink leftOut) {
        long at = mapping.start();
        for (int i = 0; i < untrackedStarts.length; i++) {
            long from = Math.max(at, untrackedStarts[i]);
            long to = Math.min(mapping.end(), untrackedEnds[i]);
            if (from < to) {
                if (at < from) {
                    tracked.range(at, from);
                }
                leftOut.range(from, to);
                at = to;
            }
        }
        if (at < mapping.end()) {
            tracked.range(at, mapping.end());
        }
    }

    @Override
    public void close() {
        pagemap.close();
    }
}
