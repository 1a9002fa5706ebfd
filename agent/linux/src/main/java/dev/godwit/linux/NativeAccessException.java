package dev.godwit.linux;

/** JNA cannot be used in this JVM; the message is one line that says why. */
public final class NativeAccessException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NativeAccessException(String message) {
        super(message);
    }

    NativeAccessException(String message, Throwable cause) {
        super(message + ": " + cause, cause);
    }
}
