package dev.godwit.hypervisor.host;

import java.util.Arrays;

/**
 * What threads get of processors that are shared fairly: max-min fair, as Linux shares them between threads of equal weight. Who
 * wants less than an equal part gets all it wants, and the others share what that leaves.
 *
 * <p>Example: two processors, and three threads that want 0.3, 1 and 1 of one. The first gets its 0.3, the others 0.85 each.
 */
public final class FairShares {
    private static final int STEPS = 40;

    private FairShares() {}

    /**
     * What each thread gets, in processors.
     *
     * @param processors how many there are, above zero
     * @param demands what each thread wants, in processors: from 0 to 1, for a thread runs on one at a time
     */
    public static double[] of(double processors, double... demands) {
        double level = level(processors, demands);
        return Arrays.stream(demands).map(demand -> Math.min(demand, level)).toArray();
    }

    /** The most that anyone gets; 1 if all get what they want. */
    static double level(double processors, double... demands) {
        if (!(processors > 0)) {
            throw new IllegalArgumentException(processors + " processors: give more than none");
        }
        double[] ascending = demands.clone();
        Arrays.sort(ascending);
        double left = processors;
        for (int i = 0; i < ascending.length; i++) {
            double demand = ascending[i];
            if (!(demand >= 0 && demand <= 1)) {
                throw new IllegalArgumentException(
                        "a thread that wants " + demand + " processors: give a demand from 0 to 1");
            }
            double equal = left / (ascending.length - i);
            if (demand > equal) {
                return equal;
            }
            left -= demand;
        }
        return 1;
    }

    /**
     * How long it takes until each of some threads has had as much of a processor as its work needs, if they go at one pace and
     * others want processors too.
     *
     * @param processors how many there are, above zero
     * @param workNanos what each of the threads has to do; each may do it on one processor
     * @param others what other threads want all the while, in processors
     * @return no less than the longest work
     */
    public static double nanosFor(double processors, double[] workNanos, double[] others) {
        double longest = Arrays.stream(workNanos).max().orElse(0);
        if (longest == 0 || isEnough(processors, workNanos, others, longest)) {
            return longest;
        }
        // Everyone gets an equal part of the processors at least.
        double tooShort = longest;
        double enough = Math.max(longest, longest * (workNanos.length + others.length) / processors);
        for (int step = 0; step < STEPS; step++) {
            double middle = (tooShort + enough) / 2;
            if (isEnough(processors, workNanos, others, middle)) {
                enough = middle;
            } else {
                tooShort = middle;
            }
        }
        return enough;
    }

    private static boolean isEnough(double processors, double[] workNanos, double[] others, double nanos) {
        double[] demands = Arrays.copyOf(workNanos, workNanos.length + others.length);
        double most = 0;
        for (int i = 0; i < workNanos.length; i++) {
            demands[i] = workNanos[i] / nanos;
            most = Math.max(most, demands[i]);
        }
        System.arraycopy(others, 0, demands, workNanos.length, others.length);
        return most <= level(processors, demands);
    }
}
