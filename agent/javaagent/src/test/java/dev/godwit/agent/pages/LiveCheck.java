package dev.godwit.agent.pages;

import dev.godwit.agent.heap.VmRanges;
import dev.godwit.linux.PageSize;
import dev.godwit.trace.DirtyPages;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * Keeps a copy of the whole process up to date by what a tracker reports, while other threads write, and looks for pages
 * that changed without being reported.
 *
 * <p>The process cannot stop itself, so the comparison is made while it runs: a page that differs from its copy must be
 * reported by the scan after the comparison. If it is not, a destination would have kept a stale page.
 *
 * <p>Not for {@link HashTracker}: between its hash and the copy a page may change to what is copied and back.
 *
 * <p>Prints {@code rounds=... pages=... differed=... stale=...}; exits with 1 if there was a stale page.
 */
public final class LiveCheck {
    private static final int MOST_PAGES = 100_000;
    private static final int ROUNDS = 8;
    private static final int BUFFER_BYTES = 2 << 20;

    /** How much a writer writes before it leaves the processor to others for a moment. */
    private static final int WRITES_AT_ONCE = 500;

    private LiveCheck() {}

    /** Argument: whether a part of memory is left untracked now and then. */
    public static void main(String[] arguments) throws InterruptedException {
        Writers writers = new Writers(2);
        writers.start();
        writers.awaitWrites();
        Report report;
        try (DirtyPageTracker tracker = WriteProtectTracker.open()) {
            report = check(tracker, writers, Boolean.parseBoolean(arguments[0]));
        }
        System.out.println(report);
        System.exit(report.stale() == 0 && report.differed() > 0 ? 0 : 1);
    }

    /**
     * What was found.
     *
     * @param pages pages in the copy at the end
     * @param differed pages that were found to differ from their copy, over all rounds
     * @param stale of these, pages that the next scan did not report
     */
    record Report(int rounds, int pages, long differed, long stale, String limitation) {}

    static Report check(DirtyPageTracker tracker, Writers writers, boolean toggles) throws InterruptedException {
        long differed = 0;
        long stale = 0;
        Random random = new Random(7);
        List<VmRanges.Range> untracked = List.of();
        try (PageCopy copy = new PageCopy(MOST_PAGES)) {
            DirtyPages scan = tracker.scan(0, 0, untracked);
            for (int round = 1; round <= ROUNDS; round++) {
                copy.drop(scan.dropped());
                copy.read(scan.written());
                Thread.sleep(30);
                if (round == ROUNDS) {
                    writers.stop();
                }
                Set<Long> suspects = copy.differing();
                // What this scan leaves untracked was watched until now; what the last one left untracked was not.
                remove(suspects, untracked);
                List<VmRanges.Range> next = toggles && round % 2 == 1 ? someOf(scan, random) : List.of();
                scan = tracker.scan(round, 0, next);
                differed += suspects.size();
                for (long page : suspects) {
                    stale += scan.written().contains(page) || scan.dropped().contains(page) ? 0 : 1;
                }
                untracked = next;
            }
            return new Report(ROUNDS, copy.size(), differed, stale, tracker.limitation());
        }
    }

    /** Parts of runs that were just written, as Eden would be. */
    private static List<VmRanges.Range> someOf(DirtyPages scan, Random random) {
        List<VmRanges.Range> some = new ArrayList<>();
        for (int run = 0; run < scan.written().size(); run++) {
            int count = scan.written().count(run);
            if (count >= 16 && random.nextBoolean()) {
                long first = scan.written().first(run) + random.nextInt(count / 2);
                some.add(new VmRanges.Range(
                        first * PageSize.bytes() + 100, (first + count / 2) * PageSize.bytes() + 100));
            }
        }
        return some;
    }

    private static void remove(Set<Long> pages, List<VmRanges.Range> untracked) {
        for (VmRanges.Range range : untracked) {
            pages.removeIf(page -> page * PageSize.bytes() >= range.start() && page * PageSize.bytes() < range.end());
        }
    }

    /** Threads that allocate, keep some of it, overwrite old objects and memory outside the heap. */
    static final class Writers {
        private final List<Thread> threads = new ArrayList<>();
        private final CountDownLatch written;
        private volatile boolean stopped;

        Writers(int count) {
            written = new CountDownLatch(count);
            for (int i = 0; i < count; i++) {
                int seed = i;
                Thread thread = new Thread(() -> write(new Random(seed)), "writer-" + i);
                thread.setDaemon(true);
                threads.add(thread);
            }
        }

        void start() {
            threads.forEach(Thread::start);
        }

        /** Until the heap has something in it. */
        void awaitWrites() throws InterruptedException {
            written.await();
        }

        void stop() throws InterruptedException {
            stopped = true;
            for (Thread thread : threads) {
                thread.join();
            }
        }

        private static void breathe() {
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private void write(Random random) {
            byte[][] kept = new byte[4000][];
            ByteBuffer outside = ByteBuffer.allocateDirect(BUFFER_BYTES);
            for (long n = 0; !stopped; n++) {
                byte[] fresh = new byte[64 + random.nextInt(2000)];
                random.nextBytes(fresh);
                kept[random.nextInt(kept.length)] = fresh;
                byte[] old = kept[random.nextInt(kept.length)];
                if (old != null) {
                    old[random.nextInt(old.length)]++;
                }
                outside.putLong(random.nextInt(outside.capacity() - 8), n);
                if (n % 5000 == 0) {
                    // New and vanishing mappings: thread stacks, large buffers.
                    outside = ByteBuffer.allocateDirect(BUFFER_BYTES);
                    Thread brief = new Thread(() -> kept[0] = new byte[300_000]);
                    brief.start();
                }
                if (n % WRITES_AT_ONCE == 0) {
                    breathe();
                }
                if (n == 10_000) {
                    written.countDown();
                }
            }
        }
    }
}
