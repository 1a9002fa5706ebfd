package dev.godwit.hypervisor.migration;

/** What became of the VM, whatever the migration's status is. */
public sealed interface VmFate {

    /** Name in reports. */
    String label();

    /** True if the VM runs on a host. */
    default boolean runs() {
        return !(this instanceof Lost);
    }

    /** It runs where it came from, and nothing is lost. */
    record RunsAtSource() implements VmFate {
        @Override
        public String label() {
            return "runs-at-source";
        }
    }

    /** It runs where it was to go, and nothing is lost. */
    record RunsAtDestination() implements VmFate {
        @Override
        public String label() {
            return "runs-at-destination";
        }
    }

    /**
     * It runs where it came from, from an earlier state of itself on.
     *
     * @param lostWorkNanos work that is to be done again, as time for which its program had run
     */
    record RolledBack(long lostWorkNanos) implements VmFate {
        @Override
        public String label() {
            return "rolled-back";
        }
    }

    /** It runs nowhere, and no host has all of it. */
    record Lost() implements VmFate {
        @Override
        public String label() {
            return "lost";
        }
    }
}
