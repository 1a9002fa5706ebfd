package dev.godwit.hypervisor.guest;

/** A trace, or a size of a guest, that cannot be replayed. The message is one line: what, which value, what to do. */
public final class UnusableTraceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UnusableTraceException(String message) {
        super(message);
    }
}
