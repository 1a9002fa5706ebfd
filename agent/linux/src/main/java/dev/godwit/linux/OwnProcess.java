package dev.godwit.linux;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process does to itself so that the end of others is not its own. */
public final class OwnProcess {
    private static final int SIG_IGN = 1;
    private static final int SIGHUP = 1;
    private static final int SIGINT = 2;
    private static final int SIGQUIT = 3;
    private static final int SIGPIPE = 13;
    private static final int SIGTERM = 15;
    private static final int PRIO_PROCESS = 0;
    /** On x86-64. */
    private static final long SYS_GETPRIORITY = 140;

    private OwnProcess() {}

    /**
     * Leaves the session and the process group, and ignores the signals that a user or a shutdown sends to many:
     * Ctrl-C in the terminal does not reach it, only {@code kill -9} ends it. The out-of-memory killer is asked to look
     * elsewhere, where that is allowed.
     */
    public static void becomeIndependent() {
        try {
            LibC.setsid();
        } catch (LastErrorException leadsAlready) {
            // It leads a group of its own, which is as good.
        }
        for (int signal : new int[] {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM}) {
            PlainLibC.signal(signal, SIG_IGN);
        }
        try {
            Files.writeString(Path.of("/proc/self/oom_score_adj"), "-900");
        } catch (IOException notAllowed) {
            // Without the privilege it is as likely a victim as any other.
        }
    }

    /** Gives the calling thread a larger share of the processor, by so many nice values; where that is allowed. */
    public static void raiseNice(int by) {
        // The system call gives 20 minus the nice value, so that it is never negative.
        long now = PlainLibC.syscall(SYS_GETPRIORITY, PRIO_PROCESS, 0, 0, 0, 0, 0);
        if (now > 0 && System.getProperty("os.arch", "").equals("amd64")) {
            PlainLibC.setpriority(PRIO_PROCESS, 0, (int) Math.max(-20, 20 - now - by));
        }
    }
}
