package dev.godwit.hypervisor.migration;

import java.util.Optional;

/**
 * What a page of a rehearsal asks of the processors; measured with pages of no program, before a rehearsal, on its machine.
 *
 * <p>The destination has just been started, and its code is interpreted at first: until then a page costs it more, and its JIT
 * compilers want a processor beside it.
 *
 * @param sendNanos processor time of the sender for a page: reading it out of a process, looking at it, giving it to the kernel
 * @param coldPages how many pages the destination had taken when it was warm
 * @param coldNanos processor time of the destination for each of these
 * @param firstNanos the same for a page that came later, and for the first time: memory is found for it
 * @param againNanos the same for a page of which it has an earlier version
 * @param compilingNanos processor time of the destination's other threads, until it was warm
 * @param ahead the same where the program runs ahead of its memory; empty if that was not measured
 */
public record PageWork(
        double sendNanos,
        long coldPages,
        double coldNanos,
        double firstNanos,
        double againNanos,
        double compilingNanos,
        Optional<AheadWork> ahead) {
    static final double MOST_NANOS = 1e9;

    /**
     * Checks the figures; they may come from a file.
     *
     * @throws IllegalArgumentException if one is out of its range; one line
     */
    public PageWork {
        require(sendNanos, MOST_NANOS, "sending a page");
        require((double) coldPages, 1e12, "pages until the destination was warm");
        require(coldNanos, MOST_NANOS, "taking one of the first pages");
        require(firstNanos, MOST_NANOS, "taking a page");
        require(againNanos, MOST_NANOS, "taking a page again");
        require(compilingNanos, 1e12, "compiling");
    }

    /** Nothing is known of a program that runs ahead. */
    public PageWork(
            double sendNanos,
            long coldPages,
            double coldNanos,
            double firstNanos,
            double againNanos,
            double compilingNanos) {
        this(sendNanos, coldPages, coldNanos, firstNanos, againNanos, compilingNanos, Optional.empty());
    }

    /** The same with what was measured of a program that ran ahead. */
    public PageWork withAhead(AheadWork value) {
        return new PageWork(
                sendNanos, coldPages, coldNanos, firstNanos, againNanos, compilingNanos, Optional.of(value));
    }

    static void require(double value, double most, String what) {
        if (!(value >= 0 && value <= most)) {
            throw new IllegalArgumentException("a rehearsal with " + value + " for " + what);
        }
    }
}
