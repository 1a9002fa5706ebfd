package dev.godwit.hypervisor.host;

/**
 * How much of a host a VCPU is entitled to.
 *
 * <p>Example: on one busy PCPU weights of 512 and 256 get two thirds and one third of it; a cap of 25 gets a quarter at
 * most, even if nobody else wants the rest.
 *
 * @param weight share relative to the others that compete, positive
 * @param capPercent most of one PCPU that it may use, 1 to 100; 0: no cap
 */
public record Share(int weight, int capPercent) {
    /** Xen's default: weight 256, no cap. */
    public static final Share DEFAULT = new Share(256, 0);

    private static final int MAX_WEIGHT = 65_535;

    /**
     * Checks the figures.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public Share {
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException("weight of " + weight + ": give one from 1 to " + MAX_WEIGHT);
        }
        if (capPercent < 0 || capPercent > 100) {
            throw new IllegalArgumentException("cap of " + capPercent + " %: give one from 0 to 100, 0 for none");
        }
    }
}
