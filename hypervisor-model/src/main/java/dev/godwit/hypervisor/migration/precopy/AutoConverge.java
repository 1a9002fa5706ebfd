package dev.godwit.hypervisor.migration.precopy;

/**
 * How much a guest is slowed so that it dirties less: QEMU's auto-converge, with its default parameters.
 *
 * <p>A round in which more than half of what was transferred was dirtied again counts as bad. At every second bad round,
 * whether or not they follow each other, the guest is throttled: by 20 % of the time at first, then by 10 % more each
 * time, up to 99 %. It is not let go until the migration is over ({@code migration_trigger_throttle} and {@code
 * mig_throttle_guest_down} in QEMU's {@code migration/ram.c}).
 *
 * <p>QEMU looks at periods of at least a second, here every round is one: they differ only where rounds are shorter.
 */
final class AutoConverge {
    static final int INITIAL_PERCENT = 20;
    static final int INCREMENT_PERCENT = 10;
    static final int MAX_PERCENT = 99;

    private static final int TRIGGER_PERCENT = 50;
    private static final int BAD_ROUNDS = 2;

    private int percent;
    private int badRounds;

    /**
     * A round is over.
     *
     * @param transferredBytes sent in it
     * @param dirtiedBytes pages dirtied in it
     * @return share of the time for which the guest is to be kept from running, in percent
     */
    int roundEnded(long transferredBytes, long dirtiedBytes) {
        boolean bad = dirtiedBytes > transferredBytes * TRIGGER_PERCENT / 100;
        if (bad && ++badRounds >= BAD_ROUNDS) {
            badRounds = 0;
            percent = percent == 0 ? INITIAL_PERCENT : Math.min(percent + INCREMENT_PERCENT, MAX_PERCENT);
        }
        return percent;
    }
}
