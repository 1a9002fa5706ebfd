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

    /** Gives the calling thread a share of the processor as a nice value says, -20 the largest; where allowed. */
    public static void setNice(int nice) {
        PlainLibC.setpriority(PRIO_PROCESS, 0, nice);
    }
}
