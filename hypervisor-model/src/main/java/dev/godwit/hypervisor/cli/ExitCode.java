package dev.godwit.hypervisor.cli;

/** How a command ended. Scripts rely on the numbers: add new ones, never change one. */
public enum ExitCode {
    /** It did what was asked; also when a compared migration did not converge. */
    OK(0, "done; also when a compared migration does not converge, which is a result"),
    FAILED(1, "anything else failed, such as a file that cannot be written"),
    USAGE(2, "wrong usage: an unknown option, a value out of range, an unknown unit"),
    UNREADABLE_TRACE(3, "not a readable trace: something else, of a newer version, cut off, damaged"),
    CANNOT_ATTACH(4, "no such process, not a JVM, or a JVM that does not let this user in"),
    RECORDING_FAILED(5, "the recording failed: disk full, program ended too early, agent refused"),
    DOES_NOT_FIT(6, "the guest does not fit into the memory given with --memory"),
    NOT_MIGRATED(7, "the rehearsed migration was not completed: it did not converge, or the other host was lost"),
    CANNOT_REHEARSE(8, "the process cannot be rehearsed: it is not there, or a right or the kernel is lacking"),
    INTERRUPTED(130, "interrupted with Ctrl-C");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /** The exit code of the process. */
    public int code() {
        return code;
    }

    /** One line for the help text. */
    public String meaning() {
        return meaning;
    }
}
