package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.sim.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * The state machine of a migration.
 *
 * <pre>
 *                                     +--> postcopy-active --> returning --+--> cancelled, failed
 *                                     |           |                        |
 *  none --> setup --> active --> device ----------+------------------------+--> completed
 *             |          |          |             |
 *             +----------+----------+-------------+--> cancelled (not from postcopy-active), failed
 * </pre>
 *
 * <p>Completed, cancelled and failed are terminal: leaving one is an error that names both states.
 */
public final class Migration {
    private final Clock clock;
    private final List<Transition> transitions = new ArrayList<>();
    private MigrationStatus status = MigrationStatus.NONE;

    /**
     * One step.
     *
     * @param timeNanos when
     * @param from state before
     * @param to state after
     * @param reason why, one line
     */
    public record Transition(long timeNanos, MigrationStatus from, MigrationStatus to, String reason) {}

    public Migration(Clock clock) {
        this.clock = clock;
    }

    public MigrationStatus status() {
        return status;
    }

    /** All steps so far, with their reasons. */
    public List<Transition> transitions() {
        return List.copyOf(transitions);
    }

    /** Why the state is what it is. */
    public String reason() {
        return transitions.isEmpty()
                ? ""
                : transitions.get(transitions.size() - 1).reason();
    }

    public void begin(String reason) {
        become(MigrationStatus.SETUP, reason);
    }

    public void startRounds(String reason) {
        become(MigrationStatus.ACTIVE, reason);
    }

    public void pauseGuest(String reason) {
        become(MigrationStatus.DEVICE, reason);
    }

    public void runAhead(String reason) {
        become(MigrationStatus.POSTCOPY_ACTIVE, reason);
    }

    public void goBack(String reason) {
        become(MigrationStatus.RETURNING, reason);
    }

    public void complete(String reason) {
        become(MigrationStatus.COMPLETED, reason);
    }

    public void cancel(String reason) {
        become(MigrationStatus.CANCELLED, reason);
    }

    public void fail(String reason) {
        become(MigrationStatus.FAILED, reason);
    }

    /** The only writer of the state. */
    private void become(MigrationStatus next, String reason) {
        if (!status.mayBecome(next)) {
            throw new IllegalStateException("a migration that is " + status.label() + " cannot become " + next.label()
                    + " (" + reason + ")" + (status.isTerminal() ? ": it is over" : ""));
        }
        transitions.add(new Transition(clock.nanos(), status, next, reason));
        status = next;
    }
}
