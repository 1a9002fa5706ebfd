package dev.godwit.hypervisor.device;

/** What becomes of requests that a disk has not answered when its VM is paused. */
public enum InFlightPolicy {
    /** They are waited for, in the pause; as QEMU does ({@code bdrv_drain_all} when the VM stops). */
    DRAIN("drain"),
    /** They are withdrawn from the storage, travel with the state of the disk, and are made again where the VM runs on. */
    CARRY_OVER("carry-over");

    private final String label;

    InFlightPolicy(String label) {
        this.label = label;
    }

    /** Name in reports and options. */
    public String label() {
        return label;
    }
}
