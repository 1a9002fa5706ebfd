package dev.godwit.hypervisor.transport;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What will break during a migration, and when: made before it begins, so that any run can be had again.
 *
 * <p>Detection is modelled as instant: whoever uses the link or waits for anything hears of a fatal fault at its moment. Real
 * hosts need a timeout for that, which is to be added to any figure of an interruption.
 *
 * @param faults in the order of their moments
 */
public record FaultPlan(List<Fault> faults) {
    private static final FaultPlan NONE = new FaultPlan(List.of());

    public FaultPlan {
        faults =
                faults.stream().sorted(Comparator.comparingLong(Fault::atNanos)).toList();
    }

    /** Nothing breaks. */
    public static FaultPlan none() {
        return NONE;
    }

    public static FaultPlan of(Fault... faults) {
        return new FaultPlan(List.of(faults));
    }

    /**
     * Draws up to two slow stretches, and with three chances in four one fatal fault.
     *
     * @param random where chance comes from, a stream of {@code sim.RandomStreams}
     * @param withinNanos length of the time from zero on in which it happens, positive
     */
    public static FaultPlan random(SplittableRandom random, long withinNanos) {
        List<Fault> faults = new ArrayList<>();
        for (int left = random.nextInt(3); left > 0; left--) {
            long from = random.nextLong(withinNanos);
            faults.add(Fault.linkSlowed(from, 5 + random.nextInt(95)));
            faults.add(Fault.linkSlowed(from + random.nextLong(withinNanos), 100));
        }
        long at = random.nextLong(withinNanos);
        switch (random.nextInt(4)) {
            case 0 -> faults.add(Fault.linkCut(at));
            case 1 -> faults.add(Fault.sourceLost(at));
            case 2 -> faults.add(Fault.destinationLost(at));
            default -> {
                // Nothing fatal.
            }
        }
        return new FaultPlan(faults);
    }
}
