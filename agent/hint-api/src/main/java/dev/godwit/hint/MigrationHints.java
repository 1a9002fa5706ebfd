package dev.godwit.hint;

import java.time.Duration;

/**
 * What an application may tell the hypervisor about the moments at which it would like to be migrated, or not.
 *
 * <p>Every method returns at once, never throws (a null argument is taken as an empty one) and does nothing when the
 * Godwit agent is not loaded. The package description is the contract.
 */
@SuppressWarnings("unused") // The parameters of the private methods are read by what the agent puts in.
public final class MigrationHints {

    private MigrationHints() {}

    /**
     * Opens a section in which a pause of the whole virtual machine would hurt. To be closed exactly once, best by
     * try-with-resources:
     *
     * <pre>{@code
     * try (CriticalSection section = MigrationHints.critical("settlement")) {
     *     settle();
     * }
     * }</pre>
     *
     * @param name what the section does, a constant rather than a built string: only a bounded number of names is kept
     * @return the open section; allocates nothing
     */
    public static CriticalSection critical(String name) {
        return CriticalSection.at(opened(name));
    }

    /**
     * Says that a pause right now would not hurt: the work just done is complete, the next has not begun.
     *
     * @param name what has been reached
     */
    public static void safePoint(String name) {
        reached(name);
    }

    /**
     * Says that little will happen for a while from now, so that this is a good time to begin a migration.
     *
     * @param name why it is quiet
     * @param expected how long it is expected to last; zero, negative or null says nothing
     */
    public static void quiet(String name, Duration expected) {
        if (expected != null && !expected.isNegative() && !expected.isZero()) {
            resting(name, nanos(expected));
        }
    }

    private static long nanos(Duration duration) {
        return duration.toSeconds() >= Long.MAX_VALUE / 1_000_000_000L ? Long.MAX_VALUE : duration.toNanos();
    }

    /*
     * The agent puts its code into the three methods below and into CriticalSection.closed, by their names: they are
     * as much a part of what the agent relies on as the public ones are for applications.
     */

    /** Number of the name's slot with the agent, zero without. */
    private static int opened(String name) {
        return 0;
    }

    private static void reached(String name) {}

    private static void resting(String name, long expectedNanos) {}
}
