package dev.godwit.linux;

/** A process could not be stopped, or not be made to execute a system call; it runs on as it was. */
public final class StopException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StopException(String message) {
        super(message);
    }

    StopException(String message, Throwable cause) {
        super(message + ": " + cause.getMessage(), cause);
    }
}
