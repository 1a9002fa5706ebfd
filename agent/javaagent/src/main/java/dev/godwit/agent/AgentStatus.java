package dev.godwit.agent;

import dev.godwit.agent.start.GodwitAgent;
import java.io.PrintStream;

/**
 * What the agent tells the outside, in system properties that {@code jcmd PID VM.system_properties} and the attach API
 * read. {@code godwit.agent.status}: {@code starting}, {@code idle}, {@code recording DIR}, {@code finished REASON},
 * {@code failed: what and why}. {@code godwit.agent.refused}: why the last request was turned down while the agent went
 * on with what it did; empty after a request that was accepted.
 */
final class AgentStatus {
    static final String REFUSED = "godwit.agent.refused";

    private volatile boolean verbose;

    void verbose(boolean on) {
        verbose = on;
    }

    boolean isVerbose() {
        return verbose;
    }

    void set(String status) {
        System.setProperty(GodwitAgent.STATUS, oneLine(status));
        say(status);
    }

    void refuse(String reason) {
        System.setProperty(REFUSED, oneLine(reason));
        say("refused: " + reason);
    }

    void accept() {
        System.clearProperty(REFUSED);
    }

    /** Prints a line, if the user asked for it. */
    @SuppressWarnings("SystemOut")
    void say(String line) {
        if (verbose) {
            PrintStream err = System.err;
            err.println("godwit: " + oneLine(line));
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }
}
