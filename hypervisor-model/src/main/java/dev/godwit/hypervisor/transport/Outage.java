package dev.godwit.hypervisor.transport;

/** Says at its moment that a fatal fault has happened, to whoever lets time pass. */
public final class Outage extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Fault fault;

    Outage(Fault fault) {
        super(fault.toString(), null, false, false);
        this.fault = fault;
    }

    /** What happened. */
    public Fault fault() {
        return fault;
    }
}
