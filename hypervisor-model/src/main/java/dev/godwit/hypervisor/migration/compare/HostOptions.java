package dev.godwit.hypervisor.migration.compare;

/**
 * The hosts of a comparison; both are alike.
 *
 * @param pcpus physical processors of each
 * @param neighbours other VMs on each, of one VCPU that is always busy
 */
public record HostOptions(int pcpus, int neighbours) {
    /** One PCPU for the guest and one for the migration, nobody else: neither takes anything from the other. */
    public static final HostOptions DEFAULT = new HostOptions(2, 0);

    private static final int MOST = 1024;

    /**
     * Checks the figures.
     *
     * @throws IllegalArgumentException if one is out of its range; the message is one line for the user
     */
    public HostOptions {
        if (pcpus < 1 || pcpus > MOST) {
            throw new IllegalArgumentException("hosts of " + pcpus + " PCPUs: give a number from 1 to " + MOST);
        }
        if (neighbours < 0 || neighbours > MOST) {
            throw new IllegalArgumentException(neighbours + " neighbours: give a number from 0 to " + MOST);
        }
    }
}
