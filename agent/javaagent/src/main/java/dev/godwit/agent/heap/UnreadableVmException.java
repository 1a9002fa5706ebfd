package dev.godwit.agent.heap;

/** Something in the VM could not be read; the message is one line that names it. */
public final class UnreadableVmException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableVmException(String message) {
        super(message);
    }
}
