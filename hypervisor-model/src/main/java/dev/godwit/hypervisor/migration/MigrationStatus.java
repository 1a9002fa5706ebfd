package dev.godwit.hypervisor.migration;

/** Where a migration is; names as in QEMU's {@code query-migrate}. */
public enum MigrationStatus {
    NONE("none"),
    /** Source and destination agree on the guest's shape. */
    SETUP("setup"),
    /** Rounds: the guest runs at the source. */
    ACTIVE("active"),
    /** The guest is paused; what is left and the state of devices are on their way. */
    DEVICE("device"),
    /** The guest runs at the destination; part of its memory is still at the source. */
    POSTCOPY_ACTIVE("postcopy-active"),
    /** The guest runs at the destination and goes back to the source; QEMU has no word for it. */
    RETURNING("returning"),
    /** The guest runs at the destination with all its memory, or came home as it was to. */
    COMPLETED("completed"),
    /** Given up, by the operator or because it did not converge; the guest runs at the source, with all that it has done. */
    CANCELLED("cancelled"),
    /** Something broke; what became of the guest is in {@link MigrationStatistics#fate}. */
    FAILED("failed");

    private final String label;

    MigrationStatus(String label) {
        this.label = label;
    }

    /** QEMU's name. */
    public String label() {
        return label;
    }

    /** True if a migration never leaves it. */
    public boolean isTerminal() {
        return this == COMPLETED || this == CANCELLED || this == FAILED;
    }

    boolean mayBecome(MigrationStatus next) {
        return switch (this) {
            case NONE -> next == SETUP;
            case SETUP -> next == ACTIVE || next == CANCELLED || next == FAILED;
            case ACTIVE -> next == DEVICE || next == CANCELLED || next == FAILED;
            case DEVICE -> next == POSTCOPY_ACTIVE || next == COMPLETED || next == CANCELLED || next == FAILED;
            case POSTCOPY_ACTIVE -> next == RETURNING || next == COMPLETED || next == FAILED;
            case RETURNING -> next == COMPLETED || next == CANCELLED || next == FAILED;
            case COMPLETED, CANCELLED, FAILED -> false;
        };
    }
}
