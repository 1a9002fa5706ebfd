package dev.godwit.hypervisor.migration.rehearse;

/** The connection to the other host is of no more use; one line. */
final class LinkLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LinkLostException(String why, Throwable cause) {
        super(why, cause);
    }
}
