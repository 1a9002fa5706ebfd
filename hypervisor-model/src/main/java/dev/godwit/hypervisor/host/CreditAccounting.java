package dev.godwit.hypervisor.host;

import dev.godwit.hypervisor.vcpu.Vcpu.RunState;
import java.util.List;

/**
 * Gives out what was used of the PCPUs since the last accounting, as credit, so that the credits of all who ran or wanted
 * to add up to zero: some are above it and go first, some below.
 *
 * <p>By weight. Nobody saves more than one period's time: what there is no room for goes to the others. So one that uses
 * little of what it is entitled to leaves the rest to them, in the proportion of their weights. One that did nothing for a
 * whole period has saved one.
 *
 * <p>Example: 30 ms were used, by the second of two with weights 512 and 256, and both had no credit. Now the first has 20 ms,
 * the second -20 ms. If the first had room for 5 ms only, the second would have -5 ms.
 */
final class CreditAccounting {
    private CreditAccounting() {}

    /**
     * @param mostNanos credit that one may have
     */
    static void give(List<Placement> placements, long mostNanos) {
        boolean[] done = new boolean[placements.size()];
        long left = 0;
        long weights = 0;
        for (int i = 0; i < done.length; i++) {
            Placement one = placements.get(i);
            if (!isActive(one)) {
                one.creditNanos = mostNanos;
                done[i] = true;
            } else {
                left -= one.creditNanos;
                weights += one.share.weight();
            }
        }
        if (left > 0) {
            give(placements, done, left, weights, mostNanos);
        }
    }

    private static void give(List<Placement> placements, boolean[] done, long nanos, long allWeights, long mostNanos) {
        long left = nanos;
        long weights = allWeights;
        // Those for whom their share is more than they have room for, until there is none among the others.
        for (boolean filled = true; filled; ) {
            filled = false;
            for (int i = 0; i < done.length; i++) {
                Placement one = placements.get(i);
                long room = mostNanos - one.creditNanos;
                if (!done[i] && room <= left * one.share.weight() / weights) {
                    one.creditNanos = mostNanos;
                    left -= room;
                    weights -= one.share.weight();
                    done[i] = true;
                    filled = true;
                }
            }
        }
        for (int i = 0; i < done.length; i++) {
            Placement one = placements.get(i);
            if (!done[i]) {
                // Of what is left, to those who are left: nothing is lost to rounding.
                long given = left * one.share.weight() / weights;
                one.creditNanos += given;
                left -= given;
                weights -= one.share.weight();
            }
        }
    }

    private static boolean isActive(Placement one) {
        RunState state = one.vcpu.state();
        return one.usedNanos > 0 || state == RunState.RUNNING || state == RunState.RUNNABLE;
    }
}
