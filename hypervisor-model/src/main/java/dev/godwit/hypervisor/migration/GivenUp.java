package dev.godwit.hypervisor.migration;

/** Leaves an engine's protocol for the source, which runs on; never escapes from {@link MigrationEngine#run}. */
public final class GivenUp extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why, one line. */
    public GivenUp(String reason) {
        super(reason, null, false, false);
    }
}
