package dev.godwit.agent.heap;

import dev.godwit.trace.Collector;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.SpaceKind;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares the layout with the memory pools while other threads allocate: pools, layout, pools again; rounds into which
 * a collection fell do not count. Prints {@code rounds=N}.
 */
public final class AgreementMain {
    private static final int ROUNDS = 150;
    private static final int MAX_ROUNDS = 5000;
    private static final int HUMONGOUS_BYTES = 3 << 20;

    private final HeapProbe probe;
    private final List<MemoryPoolMXBean> young = pools("Eden", "Survivor");
    private final List<MemoryPoolMXBean> old = pools("Old Gen", "Tenured");

    private AgreementMain(HeapProbe probe) {
        this.probe = probe;
    }

    public static void main(String[] arguments) throws Exception {
        HeapProbe probe = HeapProbes.open(TestAgent.instrumentation());
        require(probe.hasLayout() && probe.limitation().isEmpty(), "no layout: " + probe.limitation());
        byte[] humongous = new byte[HUMONGOUS_BYTES];
        Garbage.start(2, 1);
        try {
            System.out.println("rounds=" + new AgreementMain(probe).compare());
        } finally {
            Reference.reachabilityFence(humongous);
        }
    }

    private int compare() throws InterruptedException {
        int rounds = 0;
        for (int i = 0; i < MAX_ROUNDS && rounds < ROUNDS; i++) {
            if (i % 10 == 0) {
                System.gc();
            }
            rounds += compareOnce() ? 1 : 0;
            Thread.sleep(2);
        }
        return rounds;
    }

    private boolean compareOnce() {
        long epoch = probe.epoch();
        long oldBefore = used(old);
        long youngBefore = used(young);
        HeapLayout layout = probe.read(0);
        long youngAfter = used(young);
        long oldAfter = used(old);
        if (probe.epoch() != epoch) {
            return false;
        }
        require(layout.epoch() == epoch, "epoch " + layout.epoch() + " and not " + epoch);
        long humongous = layout.usedBytes(SpaceKind.HUMONGOUS);
        require((humongous >= HUMONGOUS_BYTES) == (probe.collector() == Collector.G1), "humongous " + humongous);
        long oldRead = layout.usedBytes(SpaceKind.OLD)
                + layout.usedBytes(SpaceKind.HUMONGOUS)
                + layout.usedBytes(SpaceKind.ARCHIVE);
        require(
                oldRead >= oldBefore && oldRead <= oldAfter,
                "old " + oldRead + " not within " + oldBefore + ".." + oldAfter);
        long youngRead = layout.usedBytes(SpaceKind.EDEN) + layout.usedBytes(SpaceKind.SURVIVOR);
        require(
                youngRead >= youngBefore && youngRead <= youngAfter + toleranceBytes(layout),
                "young " + youngRead + " not within " + youngBefore + ".." + youngAfter);
        return true;
    }

    /**
     * The pools of G1 leave out the region that is being filled, and the one before it while that is kept for small
     * objects ({@code MutatorAllocRegion::_retained_alloc_region}).
     */
    private long toleranceBytes(HeapLayout layout) {
        return switch (probe.collector()) {
            case G1 -> 2 * (layout.end(0) - layout.bottom(0));
            case PARALLEL, SERIAL, OTHER -> 0;
        };
    }

    private static long used(List<MemoryPoolMXBean> pools) {
        return pools.stream().mapToLong(pool -> pool.getUsage().getUsed()).sum();
    }

    private static List<MemoryPoolMXBean> pools(String... names) {
        List<MemoryPoolMXBean> found = new ArrayList<>();
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            for (String name : names) {
                if (pool.getName().contains(name)) {
                    found.add(pool);
                }
            }
        }
        require(!found.isEmpty(), "no memory pool " + List.of(names));
        return found;
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
