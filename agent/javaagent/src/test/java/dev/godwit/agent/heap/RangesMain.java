package dev.godwit.agent.heap;

import dev.godwit.agent.heap.VmRanges.Range;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Compares the ranges with what the management beans say of sizes and threads. Prints {@code done}. */
public final class RangesMain {
    private static final int THREADS = 20;
    private static final int CLASSES = 400;

    private RangesMain() {}

    public static void main(String[] arguments) throws Exception {
        HeapProbe probe = HeapProbes.open(TestAgent.instrumentation());
        AgreementMain.require(probe.limitation().isEmpty(), probe.limitation());
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(null, () -> await(never), "waiting-" + i, 1 << 20);
            thread.setDaemon(true);
            thread.start();
        }
        probe.ranges();
        long classes = defineClasses();
        long committed = committedMetaspaceBytes();
        VmRanges ranges = probe.ranges();

        requireApart(ranges);
        AgreementMain.require(ranges.heap().size() == 1, "heap " + ranges.heap());
        AgreementMain.require(bytes(ranges.heap()) == 512L << 20, "heap " + ranges.heap());
        AgreementMain.require(bytes(ranges.codeCache()) >= 32L << 20, "code cache " + ranges.codeCache());
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        AgreementMain.require(
                ranges.stacks().size() >= threads, ranges.stacks().size() + " stacks of " + threads + " threads");
        AgreementMain.require(
                bytes(ranges.metaspace()) >= committed * 95 / 100,
                "metaspace " + bytes(ranges.metaspace()) + " of " + committed + " bytes with " + classes + " classes");
        AgreementMain.require(never.getCount() == 1, "unreachable");
        System.out.println("done");
    }

    private static void requireApart(VmRanges ranges) {
        List<Range> all = new java.util.ArrayList<>();
        all.addAll(ranges.heap());
        all.addAll(ranges.codeCache());
        all.addAll(ranges.metaspace());
        all.addAll(ranges.stacks());
        all.sort(java.util.Comparator.comparingLong(Range::start));
        for (int i = 0; i < all.size(); i++) {
            Range range = all.get(i);
            boolean apart = i == 0 || all.get(i - 1).end() <= range.start();
            AgreementMain.require(
                    range.start() < range.end() && apart, range + " overlaps the one before, or is empty");
        }
    }

    /** Each proxy class of another loader has metadata in another place. */
    private static long defineClasses() {
        long sum = 0;
        for (int i = 0; i < CLASSES; i++) {
            ClassLoader loader = new ClassLoader(RangesMain.class.getClassLoader()) {};
            Object proxy =
                    Proxy.newProxyInstance(loader, new Class<?>[] {Runnable.class}, (self, method, args) -> null);
            sum += proxy.getClass().getClassLoader() == loader ? 1 : 0;
        }
        return sum;
    }

    /** Includes the class space. */
    private static long committedMetaspaceBytes() {
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getName().equals("Metaspace")) {
                return pool.getUsage().getCommitted();
            }
        }
        throw new IllegalStateException("no memory pool Metaspace");
    }

    private static long bytes(List<Range> ranges) {
        return ranges.stream().mapToLong(range -> range.end() - range.start()).sum();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
