package dev.godwit.hypervisor.guest.live;

import dev.godwit.linux.Errno;
import dev.godwit.linux.NativeAccess;
import dev.godwit.linux.Pagemap;
import dev.godwit.linux.ProcessMaps;
import dev.godwit.linux.ProcessMemory;
import dev.godwit.linux.Ptrace;
import dev.godwit.linux.RangeSink;
import dev.godwit.linux.RemoteUserfaultfd;
import dev.godwit.linux.SystemCallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A process whose private memory is tracked, read and written from outside, and which can be stopped.
 *
 * <p>It is stopped by ptrace alone, although the cgroup freezer exists: a traced process goes on by itself when its tracer
 * is killed, a frozen one would stand for ever. For that reason too everything must be called by the thread that opened
 * it.
 *
 * <p>Its memory is what {@link #mappings} says: anonymous or written privately, and readable. Programs and libraries are
 * files that every host has.
 */
public final class RunningProcess implements AutoCloseable {
    private static final long STOP_LIMIT_NANOS = 5_000_000_000L;

    private final long pid;
    private final ProcessMaps maps;
    private final ProcessMemory memory;
    private final Pagemap pagemap;
    private final ProcessControl control;
    private RemoteUserfaultfd tracker;
    private boolean paused;
    private int pauses;

    private RunningProcess(long pid, ProcessControl control) {
        this.pid = pid;
        this.control = control;
        maps = ProcessMaps.of(pid);
        memory = ProcessMemory.of(pid);
        pagemap = Pagemap.open(pid);
    }

    /**
     * Opens a process; it goes on unchanged.
     *
     * @throws RuntimeException of {@code dev.godwit.linux}, one line, if it may not be looked at
     */
    public static RunningProcess open(long pid) {
        NativeAccess.initialise();
        return new RunningProcess(pid, new Tracing(pid));
    }

    /** Opens a process to look at it only: it cannot be stopped, nor what it writes be tracked. */
    public static RunningProcess look(long pid) {
        return open(pid, new Looking());
    }

    /** Opens a process that somebody else stops and tracks; closing it closes that too. */
    public static RunningProcess open(long pid, ProcessControl control) {
        NativeAccess.initialise();
        return new RunningProcess(pid, control);
    }

    public long pid() {
        return pid;
    }

    /** Mappings of its private memory, as they are now, in the order of addresses. */
    public List<ProcessMaps.Entry> mappings() {
        try {
            return maps.read().stream().filter(RunningProcess::isMemory).toList();
        } catch (IOException ended) {
            throw new UncheckedIOException("process " + pid + " has ended, or may not be looked at any more", ended);
        }
    }

    private static boolean isMemory(ProcessMaps.Entry mapping) {
        boolean program = mapping.inode() != 0 && mapping.permissions().charAt(2) == 'x';
        return mapping.isPrivate() && mapping.isReadable() && !mapping.isKernelPage() && !program;
    }

    /** Begins to track its writes. One of its threads stands for some milliseconds, if it does not anyway. */
    public void startTracking() {
        if (tracker == null) {
            tracker = control.openTracker();
        }
    }

    /** Ends the tracking; the process runs as fast as before. No harm if it was not tracked. */
    public void stopTracking() {
        if (tracker != null) {
            tracker.close();
            tracker = null;
        }
    }

    /** Tracks a range of one mapping; what is tracked stays so. False if it is gone, or cannot be tracked. */
    public boolean track(AddressRange range) {
        try {
            tracker.register(range.start(), range.end(), RemoteUserfaultfd.WRITES);
            return true;
        } catch (SystemCallException refused) {
            if (refused.errno() == Errno.EBUSY) {
                throw new IllegalStateException(
                        "the memory of process " + pid + " is tracked by another program already: end that first",
                        refused);
            }
            return false;
        }
    }

    /** Tracks a range no more; the process writes there as fast as ever. No harm if it was not tracked. */
    public void leaveUntracked(AddressRange range) {
        try {
            tracker.unregister(range.start(), range.end());
        } catch (SystemCallException gone) {
            // Some of it is not mapped any more: then some of it stays tracked, which costs the process a little.
        }
    }

    /** Pages of a range that were written since the last call; those that are new are among them. */
    public void scanWritten(AddressRange range, RangeSink written) {
        pagemap.scanWritten(range.start(), range.end(), written);
    }

    /** Pages of a mapping that have content. */
    public void scanPresent(ProcessMaps.Entry mapping, RangeSink present) {
        pagemap.scanPresent(mapping.start(), mapping.end(), present);
    }

    /** Pages of a range that have content. */
    public void scanPresent(AddressRange range, RangeSink present) {
        pagemap.scanPresent(range.start(), range.end(), present);
    }

    /**
     * Pages of a mapping that have content, while it stands, and of these the ones that were written since the last call, or
     * of which that is not known; does what the next call needs.
     */
    public void scanChanged(ProcessMaps.Entry mapping, RangeSink present, RangeSink changed) {
        pagemap.scanPresent(mapping.start(), mapping.end(), present, changed);
        pagemap.scanWritten(mapping.start(), mapping.end(), (start, end) -> {});
    }

    /** Its memory, to read and to overwrite. */
    public ProcessMemory memory() {
        return memory;
    }

    /** Stops every thread. No harm if it stands. */
    public void pause() {
        if (!paused) {
            control.stop();
            paused = true;
            pauses++;
        }
    }

    /** True while it stands because of {@link #pause}. */
    public boolean isPaused() {
        return paused;
    }

    /** How often it was stopped so far: what was read while it stood is so until that has changed. */
    public int pauses() {
        return pauses;
    }

    /** Lets it go on. No harm if it does. */
    public void resume() {
        if (paused) {
            paused = false;
            control.goOn();
        }
    }

    /** Lets the process go on with nothing of ours in it. */
    @Override
    public void close() {
        try {
            resume();
        } finally {
            try {
                stopTracking();
            } finally {
                control.close();
                pagemap.close();
                memory.close();
            }
        }
    }

    /** By ptrace, from here. */
    private static final class Tracing implements ProcessControl {
        private final Ptrace ptrace;

        Tracing(long pid) {
            ptrace = Ptrace.of(pid);
        }

        @Override
        public RemoteUserfaultfd openTracker() {
            return RemoteUserfaultfd.forTracking(ptrace);
        }

        @Override
        public void stop() {
            int unused = ptrace.stopAll(STOP_LIMIT_NANOS);
        }

        @Override
        public void goOn() {
            boolean unused = ptrace.resume();
        }

        @Override
        public void close() {
            ptrace.close();
        }
    }

    /** Leaves it alone. */
    private static final class Looking implements ProcessControl {
        @Override
        public RemoteUserfaultfd openTracker() {
            throw new IllegalStateException("a process that is looked at only cannot be tracked");
        }

        @Override
        public void stop() {
            throw new IllegalStateException("a process that is looked at only cannot be stopped");
        }

        @Override
        public void goOn() {
            // It never stopped.
        }

        @Override
        public void close() {
            // Nothing was opened.
        }
    }
}
