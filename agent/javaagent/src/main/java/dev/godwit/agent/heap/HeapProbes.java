package dev.godwit.agent.heap;

import dev.godwit.linux.NativeAccessException;
import dev.godwit.linux.SystemCallException;
import dev.godwit.trace.Collector;
import java.lang.instrument.Instrumentation;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Supplier;

/** Opens the probe that fits the own JVM. */
public final class HeapProbes {
    private HeapProbes() {}

    /**
     * Opens the own heap.
     *
     * <p>Never throws: a collector, a VM or a release that cannot be read gives a probe without a layout, whose
     * {@link HeapProbe#limitation} says why. Takes some tens of milliseconds.
     *
     * @param instrumentation opens {@code jdk.internal.misc} for fast reading; null where there is none, reading is then
     *     some ten times slower
     */
    public static HeapProbe open(Instrumentation instrumentation) {
        return open(instrumentation, LibJvm::open);
    }

    static HeapProbe open(Instrumentation instrumentation, Supplier<VmSymbols> symbols) {
        try {
            Vm vm = Vm.open(symbols.get(), InternalAccess.open(instrumentation));
            return open(vm, vm.flags().collector());
        } catch (RuntimeException | LinkageError e) {
            return new LimitedProbe(collectorByBeans(), noLayout(reason(e)), null);
        }
    }

    private static HeapProbe open(Vm vm, Collector collector) {
        RangesReader ranges = new RangesReader(vm);
        try {
            CollectedHeap heap = CollectedHeap.open(vm);
            if (collector == Collector.OTHER) {
                throw new UnreadableVmException(
                        "the collector is neither G1 nor Parallel nor Serial but " + beanNames());
            }
            LayoutReader layout = LayoutReader.open(vm, heap, collector);
            HeapProbe probe = new HotSpotProbe(collector, heap, layout, ranges);
            probe.read(0);
            return probe;
        } catch (RuntimeException e) {
            return new LimitedProbe(collector, noLayout(reason(e)), ranges);
        }
    }

    private static String noLayout(String reason) {
        return "no heap layout: " + reason;
    }

    private static String reason(Throwable e) {
        boolean forPeople = e instanceof UnreadableVmException
                || e instanceof IllegalStateException
                || e instanceof NativeAccessException
                || e instanceof SystemCallException;
        return String.valueOf(forPeople ? e.getMessage() : e.toString())
                .lines()
                .findFirst()
                .orElse("");
    }

    private static Collector collectorByBeans() {
        String names = beanNames();
        if (names.contains("G1 Young")) {
            return Collector.G1;
        }
        if (names.contains("PS Scavenge")) {
            return Collector.PARALLEL;
        }
        return names.contains("MarkSweepCompact") ? Collector.SERIAL : Collector.OTHER;
    }

    /** Such as {@code ZGC Cycles, ZGC Pauses}. */
    private static String beanNames() {
        List<String> names = ManagementFactory.getGarbageCollectorMXBeans().stream()
                .map(GarbageCollectorMXBean::getName)
                .toList();
        return names.isEmpty() ? "one without management beans" : String.join(", ", names);
    }
}
