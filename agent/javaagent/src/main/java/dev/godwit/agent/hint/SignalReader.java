package dev.godwit.agent.hint;

import dev.godwit.bootstrap.HintBridge;
import dev.godwit.bootstrap.HintSlot;
import dev.godwit.trace.JvmSignals;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Reads what the JVM and the application tell now about whether it is a good moment. Not thread-safe: one for each thread
 * that asks.
 *
 * <p>A section's age counts from the last {@link HintBridge#readAt(long) reading of the bridge} before it opened. While
 * something is recorded that is at most 25 ms earlier; otherwise it is the last call of {@link #read}.
 */
public final class SignalReader {
    private final ManagementSignals jvm;
    private final ConcurrentCycle cycle = new ConcurrentCycle();
    private final long firstNanos;

    /**
     * @param epoch collections begun so far; empty if only the management beans tell
     */
    public SignalReader(Supplier<OptionalLong> epoch) {
        jvm = new ManagementSignals(epoch);
        firstNanos = System.nanoTime();
        if (HintBridge.readAt() == 0) {
            HintBridge.readAt(firstNanos);
        }
    }

    /**
     * Takes some tenths of a millisecond, and more where there are thousands of threads.
     *
     * @param timeNanos what the result is to bear as its time
     * @param alone true if nobody else reads the bridge at the moment
     */
    public JvmSignals read(long timeNanos, boolean alone) {
        long now = System.nanoTime();
        if (alone) {
            HintBridge.readAt(now);
        }
        List<OpenName> open = new ArrayList<>();
        long sections = 0;
        long quiet = 0;
        long busy = 0;
        for (int number = 1; number <= HintBridge.count(); number++) {
            HintSlot slot = HintBridge.slot(number);
            long openNow = HintSlot.openNow(slot.sections());
            if (openNow > 0) {
                sections += openNow;
                long since = Math.max(slot.openedAt(), slot.openedAt() == 0 ? firstNanos : 0);
                open.add(new OpenName(slot.name(), Math.max(0, now - since)));
            }
            quiet = Math.max(quiet, slot.quietRemaining(now));
            busy = Math.max(busy, slot.busyRemaining(now));
        }
        open.sort(Comparator.comparingLong(OpenName::nanos).reversed().thenComparing(OpenName::name));
        jvm.read();
        return new JvmSignals(
                timeNanos,
                sections,
                open.isEmpty() ? 0 : open.get(0).nanos(),
                open.stream().map(OpenName::name).limit(JvmSignals.MAX_NAMES).toList(),
                quiet,
                busy,
                jvm.edenUsedBytes(),
                jvm.edenCapacityBytes(),
                jvm.allocatedBytes(),
                jvm.collections(),
                jvm.sinceCollectionNanos(),
                cycle.ran(),
                jvm.compilationNanos(),
                jvm.codeCacheUsedBytes());
    }

    private record OpenName(String name, long nanos) {}
}
