package dev.godwit.agent.heap;

import dev.godwit.trace.Collector;
import dev.godwit.trace.HeapLayout;
import java.util.function.Supplier;

/**
 * The heap of a JVM in another process, read from outside: no code runs in it and it may be stopped, by a signal, by
 * {@code ptrace} or by the freezer. Needs the right to trace it.
 *
 * <p>Of a JVM that stands outside of a collection, a layout is exact: above a space's top, and in a free region, there is
 * nothing. Of one that runs it is a hint, as young as the reading.
 *
 * <p>Open it and read once before the JVM is stopped: with code that has not run yet, and 2,048 regions of G1, both take
 * tens of milliseconds and more. A reading then took 1.4 ms (median, JDK 25), one of the four spaces of Parallel or Serial
 * 0.03 ms, on a loaded 2-core x86-64 VM with Linux 6.18. Not thread-safe.
 */
public final class RemoteHeap implements AutoCloseable {
    /** A JVM that runs may begin a collection at any time. */
    private static final int MAX_ATTEMPTS = 5;

    private final long pid;
    private final Vm vm;
    private final Collector collector;
    private final CollectedHeap heap;
    private final LayoutReader layout;
    private final RangesReader ranges;

    private RemoteHeap(long pid, Vm vm) {
        this.pid = pid;
        this.vm = vm;
        collector = vm.flags().collector();
        heap = CollectedHeap.open(vm);
        layout = LayoutReader.open(vm, heap, collector);
        ranges = new RangesReader(vm);
    }

    /**
     * Finds the heap of a JVM with G1, Parallel or Serial.
     *
     * @throws UnreadableVmException if the process is no such JVM, has ended, or may not be read: one line that says why
     */
    public static RemoteHeap open(long pid) {
        return naming(pid, () -> {
            Vm vm = Vm.openRemote(pid);
            try {
                return new RemoteHeap(pid, vm);
            } catch (RuntimeException | Error e) {
                vm.safe().close();
                throw e;
            }
        });
    }

    /** The collector that the JVM was started with. */
    public Collector collector() {
        return collector;
    }

    /**
     * Number of collections begun so far; each adds one before it moves anything.
     *
     * @throws UnreadableVmException if the process has ended
     */
    public long epoch() {
        return naming(pid, heap::epoch);
    }

    /**
     * True inside the pause of a collection. What a JVM that was stopped there holds cannot be told from its layout: let
     * it go on and stop it again, or drop nothing.
     *
     * @throws UnreadableVmException if the process has ended
     */
    public boolean isCollecting() {
        return naming(pid, heap::isCollecting);
    }

    /**
     * Reads every region or space.
     *
     * @param timeNanos stamp for the layout
     * @throws UnreadableVmException if a collection is running, the layout is inconsistent, or the process has ended
     */
    public HeapLayout readLayout(long timeNanos) {
        return naming(pid, () -> read(timeNanos));
    }

    private HeapLayout read(long timeNanos) {
        String problem = "a collection is running";
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            long epoch = heap.epoch();
            if (heap.isCollecting()) {
                continue;
            }
            try {
                HeapLayout read = layout.read(timeNanos, epoch);
                if (!heap.isCollecting() && heap.epoch() == epoch) {
                    return read;
                }
            } catch (IllegalArgumentException | UnreadableVmException e) {
                problem = e.getMessage();
            }
        }
        throw new UnreadableVmException("no heap layout: " + problem);
    }

    /**
     * Reserved heap, code cache, metaspace and thread stacks; a list is empty if it cannot be told. Takes some tens of
     * milliseconds the first time, because classes are followed one by one.
     *
     * @throws UnreadableVmException if the process has ended
     */
    public VmRanges ranges() {
        return naming(pid, ranges::read);
    }

    private static <T> T naming(long pid, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (UnreadableVmException e) {
            throw new UnreadableVmException("process " + pid + ": " + e.getMessage());
        }
    }

    @Override
    public void close() {
        vm.safe().close();
    }
}
