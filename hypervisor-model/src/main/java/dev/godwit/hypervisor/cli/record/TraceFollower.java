package dev.godwit.hypervisor.cli.record;

import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.JvmFacts;
import dev.godwit.trace.Loss;
import dev.godwit.trace.Notice;
import dev.godwit.trace.TraceEnd;
import dev.godwit.trace.TraceFormatException;
import dev.godwit.trace.TraceReader;
import dev.godwit.trace.TraceRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a trace while it is being written, and keeps what the progress display and the closing lines need. */
public final class TraceFollower implements AutoCloseable {
    private static final int MOST_NOTICES = 20;

    private final TraceReader reader;
    private final List<String> notices = new ArrayList<>();
    private int pageSizeBytes;
    private boolean begun;
    private long reachedNanos;
    private long writtenPages;
    private long trackedNanos;
    private double latestBytesPerSecond;
    private long collections;
    private long lost;
    private TraceEnd end;

    public TraceFollower(Path trace) {
        reader = TraceReader.follow(trace);
    }

    /**
     * Reads what is new.
     *
     * @throws TraceFormatException if the trace is damaged
     */
    public void drain() throws TraceFormatException {
        for (TraceRecord record = reader.next(); record != null; record = reader.next()) {
            begun = true;
            reachedNanos = Math.max(reachedNanos, record.timeNanos());
            if (record instanceof JvmFacts facts) {
                pageSizeBytes = facts.pageSizeBytes();
            } else if (record instanceof DirtyPages pages) {
                add(pages);
            } else if (record instanceof GarbageCollection) {
                collections++;
            } else if (record instanceof Notice notice) {
                if (notices.size() < MOST_NOTICES) {
                    notices.add(notice.text());
                }
            } else if (record instanceof Loss loss) {
                lost += loss.records();
            } else if (record instanceof TraceEnd read) {
                end = read;
            }
        }
    }

    private void add(DirtyPages pages) {
        long nanos = pages.timeNanos() - pages.fromNanos();
        if (nanos > 0) {
            long written = pages.written().pages() + pages.assumed().pages();
            writtenPages += written;
            trackedNanos += nanos;
            latestBytesPerSecond = written * (double) pageSizeBytes * 1e9 / nanos;
        }
    }

    /** True once the first record was read. */
    public boolean hasBegun() {
        return begun;
    }

    /** How far the trace reaches. */
    public long reachedNanos() {
        return reachedNanos;
    }

    /** Bytes of pages written in the newest interval, per second. */
    public double latestBytesPerSecond() {
        return latestBytesPerSecond;
    }

    /** Bytes of pages written over all intervals, per second. */
    public double meanBytesPerSecond() {
        return trackedNanos == 0 ? 0 : writtenPages * (double) pageSizeBytes * 1e9 / trackedNanos;
    }

    public long collections() {
        return collections;
    }

    /** Records that the recorder had to drop. */
    public long lost() {
        return lost;
    }

    /** The first notices of the recorder. */
    public List<String> notices() {
        return List.copyOf(notices);
    }

    /** The end of the trace, once it was read. */
    public Optional<TraceEnd> end() {
        return Optional.ofNullable(end);
    }

    @Override
    public void close() {
        reader.close();
    }
}
