package dev.godwit.hypervisor.device;

/** What it costs a VCPU to reach a device. */
final class Trap {
    /**
     * The VCPU leaves the guest, the hypervisor does a trifle, and the VCPU enters the guest again: 5 us. Measured by the
     * CPUID instruction, which always traps, inside a 2-core x86-64 VM with Linux 6.18: medians of 4.8 and 5.6 us in two
     * runs of 101 x 500. That VM may itself run in one; on bare metal it is less.
     */
    static final long NANOS = 5_000;

    private Trap() {}
}
