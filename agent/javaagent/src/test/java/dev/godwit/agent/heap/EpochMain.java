package dev.godwit.agent.heap;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/** Requires that every collection bumps the epoch, once for each that the management beans count. */
public final class EpochMain {
    private EpochMain() {}

    public static void main(String[] arguments) {
        HeapProbe probe = HeapProbes.open(TestAgent.instrumentation());
        YoungCollection young = new EdenFilling(probe);
        for (int i = 0; i < 10; i++) {
            requireBump(probe, System::gc);
            requireBump(probe, young::collect);
        }
        AgreementMain.require(!probe.isCollecting(), "a collection is said to run");
        System.out.println("done");
    }

    private static void requireBump(HeapProbe probe, Runnable collection) {
        long epoch = probe.epoch();
        long count = collections();
        collection.run();
        // In this order: one of the JVM's own may come between any two of these readings.
        long counted = collections() - count;
        long bumps = probe.epoch() - epoch;
        AgreementMain.require(bumps > 0 && bumps >= counted, bumps + " bumps of " + counted + " collections");
        long before = probe.epoch();
        long read = probe.read(0).epoch();
        AgreementMain.require(read >= before && read <= probe.epoch(), "the layout has another epoch");
    }

    /** Stop-the-world ones; the concurrent cycles of G1 move nothing. */
    private static long collections() {
        long sum = 0;
        for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
            sum += bean.getName().contains("Concurrent") ? 0 : bean.getCollectionCount();
        }
        return sum;
    }
}
