package dev.godwit.agent.heap;

import dev.godwit.trace.HeapLayout;

/**
 * Reads layouts and ranges as fast as it can while threads allocate, start and end. Prints {@code done} if every layout
 * was consistent.
 */
public final class TornReadMain {
    private static final long LEAST_NANOS = 500_000_000L;
    private static final long MOST_NANOS = 60_000_000_000L;
    private static final int LEAST_EPOCHS = 3;

    private TornReadMain() {}

    public static void main(String[] arguments) {
        HeapProbe probe = HeapProbes.open(TestAgent.instrumentation());
        Garbage.start(2, -1);
        startShortLivedThreads();
        long layouts = 0;
        long epochs = 0;
        long lastEpoch = probe.epoch();
        long start = System.nanoTime();
        long passedNanos = 0;
        // On a busy machine the threads that allocate may not get to a collection for a while.
        while (passedNanos < LEAST_NANOS || (epochs < LEAST_EPOCHS && passedNanos < MOST_NANOS)) {
            HeapLayout layout = probe.read(layouts);
            AgreementMain.require(layout.timeNanos() == layouts, "the stamp is " + layout.timeNanos());
            requireInside(layout, probe.ranges().heap().get(0));
            AgreementMain.require(layout.epoch() >= lastEpoch, "the epoch went back to " + layout.epoch());
            epochs += layout.epoch() > lastEpoch ? 1 : 0;
            lastEpoch = layout.epoch();
            layouts++;
            passedNanos = System.nanoTime() - start;
        }
        AgreementMain.require(epochs >= LEAST_EPOCHS, "only " + epochs + " collections fell between the readings");
        System.out.println("done");
    }

    private static void requireInside(HeapLayout layout, VmRanges.Range heap) {
        boolean inside = layout.bottom(0) >= heap.start() && layout.end(layout.size() - 1) <= heap.end();
        AgreementMain.require(inside, "a space lies outside of " + heap);
    }

    private static void startShortLivedThreads() {
        Thread starter = new Thread(() -> {
            while (true) {
                Thread thread = new Thread(() -> {}, "short-lived");
                thread.start();
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        starter.setDaemon(true);
        starter.start();
    }
}
