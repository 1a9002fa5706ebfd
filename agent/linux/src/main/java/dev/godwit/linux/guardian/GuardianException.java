package dev.godwit.linux.guardian;

/** The guardian could not do something, or is there no more; the message is one line that says what and why. */
public final class GuardianException extends RuntimeException {
    private static final long serialVersionUID = 1;

    GuardianException(String message) {
        super(message);
    }

    GuardianException(String message, Throwable cause) {
        super(message, cause);
    }
}
