package dev.godwit.hypervisor.vcpu;

/** What the hypervisor takes time from a VCPU for: it does its work on the VCPU's back, and the program stands still. */
public enum Overhead {
    /** The guest wrote to a page that shadow paging had write-protected. */
    WRITE_FAULT(0, "write-faults"),
    /** A request to a device trapped and was emulated. */
    DEVICE_REQUEST(1, "device-requests");

    private final int index;
    private final String label;

    Overhead(int index, String label) {
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
