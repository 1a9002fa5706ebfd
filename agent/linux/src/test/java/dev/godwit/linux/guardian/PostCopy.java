package dev.godwit.linux.guardian;

import dev.godwit.linux.PageSize;
import dev.godwit.linux.Pagemap;
import dev.godwit.linux.ProcessMaps;
import dev.godwit.linux.ProcessMemory;
import dev.godwit.linux.RemoteWrites;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/** Takes all private memory of a process away and brings it back, as a migration does, without the network. */
final class PostCopy implements AutoCloseable, Guardian.Listener {
    private static final long LIMIT_NANOS = 30_000_000_000L;

    final SafetyCopy copy = SafetyCopy.create(1 << 22);
    final AtomicLong requested = new AtomicLong();
    final Guardian guardian;
    private final long pid;
    private volatile boolean answers = true;
    private long[] starts = new long[1024];
    private long[] ends = new long[1024];
    private int runs;
    private long pages;

    PostCopy(long pid) throws IOException {
        this.pid = pid;
        this.guardian = Guardian.start(pid, copy, this);
    }

    @Override
    public void pageRequested(int slot) {
        requested.incrementAndGet();
        if (answers) {
            guardian.arrivedOnRequest(slot);
        }
    }

    void stopAnswering() {
        answers = false;
    }

    /** Pages that were taken away. */
    long pages() {
        return pages;
    }

    void open() {
        guardian.openUserfaultfd(true);
    }

    void pause() {
        guardian.pause(LIMIT_NANOS);
    }

    /** Saves every present page of private anonymous memory of the paused process. */
    void save() throws IOException {
        try (Pagemap pagemap = Pagemap.open(pid);
                ProcessMemory memory = ProcessMemory.of(pid)) {
            for (ProcessMaps.Entry mapping : ProcessMaps.of(pid).read()) {
                if (RemoteWrites.isTracked(mapping)) {
                    int first = runs;
                    pagemap.scanPresent(mapping.start(), mapping.end(), this::addRun);
                    if (runs > first) {
                        copy.cover(starts[first], ends[runs - 1]);
                    }
                }
            }
            copy.save(memory, starts, ends, runs, (from, to) -> {
                throw new IllegalStateException("cannot read 0x" + Long.toHexString(from));
            });
        }
    }

    private void addRun(long start, long end) {
        if (runs == starts.length) {
            starts = Arrays.copyOf(starts, runs * 2);
            ends = Arrays.copyOf(ends, runs * 2);
        }
        starts[runs] = start;
        ends[runs++] = end;
        pages += (end - start) >>> PageSize.shift();
    }

    Guardian.Dropped drop(boolean tracked) throws IOException {
        return guardian.drop(starts, ends, runs, tracked);
    }

    /** Says of a part of the pages that they arrived, so many at once, with a pause in between. */
    void push(double from, double to, int chunk, long pauseMillis) throws InterruptedException {
        int slots = copy.spans().slots();
        for (int slot = (int) (slots * from); slot < (int) (slots * to); slot += chunk) {
            guardian.arrived(slot, Math.min(chunk, slots - slot));
            if (pauseMillis > 0) {
                Thread.sleep(pauseMillis);
            }
        }
    }

    boolean awaitFinished() throws InterruptedException {
        return guardian.awaitFinished(LIMIT_NANOS * 2);
    }

    @Override
    public void close() {
        guardian.close();
        copy.close();
    }
}
