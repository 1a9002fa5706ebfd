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
    /** The guest runs at the destination, with all its memory. */
    COMPLETED("completed"),
    /** Given up, by the operator or because it did not converge; the guest runs at the source. */
    CANCELLED("cancelled"),
    /** Something broke; the guest runs at the source, or is lost if it broke after a switch ahead of the memory. */
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
            case POSTCOPY_ACTIVE -> next == COMPLETED || next == FAILED;
            case COMPLETED, CANCELLED, FAILED -> false;
        };
    }
}
