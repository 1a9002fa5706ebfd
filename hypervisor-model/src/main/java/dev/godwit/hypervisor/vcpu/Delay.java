package dev.godwit.hypervisor.vcpu;

/** Why a VCPU that could run did not. */
public enum Delay {
    /** Threads of the hypervisor, such as a migration's, had the PCPU; of several VCPUs that wait each loses its part. */
    HYPERVISOR(0, "hypervisor"),
    /** VCPUs of other VMs had the PCPU. */
    OTHER_VMS(1, "other-vms"),
    /** Its VM had used up its cap. */
    CAP(2, "cap");

    private final int index;
    private final String label;

    Delay(int index, String label) {
        this.index = index;
        this.label = label;
    }

    /** Name in reports. */
    public String label() {
        return label;
    }

    /** Place in arrays, from zero on. */
    int index() {
        return index;
    }
}
