package dev.godwit.agent;

import dev.godwit.agent.start.GodwitAgent;
import java.io.PrintStream;

/**
 * What the agent tells the outside, in system properties that {@code jcmd PID VM.system_properties} and the attach API
 * read. {@code godwit.agent.status}: {@code starting}, {@code idle}, {@code recording DIR}, {@code finished REASON},
 * {@code failed: what and why}. {@code godwit.agent.refused}: why the last request was turned down while the agent went
 * on with what it did; empty after a request that was accepted. {@code godwit.agent.control}: how it stands with the
 * controller: {@code connected}, {@code preparing}, {@code prepared}, {@code paused}, {@code resumed}, {@code done}, {@code
 * aborted: why}, {@code closed}, {@code closed: why}, {@code failed: what and why}; empty before the first.
 */
final class AgentStatus {
    static final String REFUSED = "godwit.agent.refused";
    static final String CONTROL = "godwit.agent.control";

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

    /** How it stands with the controller. */
    void control(String state) {
        System.setProperty(CONTROL, oneLine(state));
        say("control: " + state);
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
