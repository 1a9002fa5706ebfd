package dev.godwit.agent.heap;

import dev.godwit.trace.HeapLayout;

/**
 * Reads layouts and ranges as fast as it can while threads allocate, start and end. Prints {@code done} if every layout
 * was consistent.
 */
public final class TornReadMain {
    private static final long DURATION_NANOS = 1_500_000_000L;

    private TornReadMain() {}

    public static void main(String[] arguments) {
        HeapProbe probe = HeapProbes.open(TestAgent.instrumentation());
        Garbage.start(2, -1);
        startShortLivedThreads();
        long layouts = 0;
        long epochs = 0;
        long lastEpoch = probe.epoch();
        long start = System.nanoTime();
        while (System.nanoTime() - start < DURATION_NANOS) {
            HeapLayout layout = probe.read(layouts);
            AgreementMain.require(layout.timeNanos() == layouts, "the stamp is " + layout.timeNanos());
            requireInside(layout, probe.ranges().heap().get(0));
            AgreementMain.require(layout.epoch() >= lastEpoch, "the epoch went back to " + layout.epoch());
            epochs += layout.epoch() > lastEpoch ? 1 : 0;
            lastEpoch = layout.epoch();
            layouts++;
        }
        AgreementMain.require(epochs > 1, "only " + epochs + " collections fell between the readings");
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
