package dev.godwit.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.tools.attach.AttachOperationFailedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.util.Properties;

/** The agent of a program that runs: loading it, and what it tells. */
final class Attachment {
    private static final long TIMEOUT_NANOS = 180_000_000_000L;

    static {
        // By default the JDK gives up a JVM that has not answered within ten seconds: a busy machine needs longer.
        System.setProperty("sun.tools.attach.attachTimeout", "120000");
    }

    private Attachment() {}

    static void load(long pid, String options) throws Exception {
        VirtualMachine machine = VirtualMachine.attach(String.valueOf(pid));
        try {
            machine.loadAgent(Application.agentJar().toString(), options);
        } finally {
            machine.detach();
        }
    }

    static String property(long pid, String name) throws Exception {
        VirtualMachine machine = VirtualMachine.attach(String.valueOf(pid));
        try {
            return properties(machine).getProperty(name, "");
        } finally {
            machine.detach();
        }
    }

    /** Fails inside HotSpot when a property is removed while it lists them. */
    private static Properties properties(VirtualMachine machine) throws IOException {
        try {
            return machine.getSystemProperties();
        } catch (AttachOperationFailedException removedMeanwhile) {
            return machine.getSystemProperties();
        }
    }

    static String status(long pid) throws Exception {
        return property(pid, "godwit.agent.status");
    }

    /** Waits until the agent tells that it stands so with its controller. */
    static void awaitControl(long pid, String start) throws InterruptedException {
        waitFor(() -> property(pid, "godwit.agent.control").startsWith(start), "control is " + start);
    }

    interface Condition {
        boolean holds() throws Exception;
    }

    static void waitFor(Condition condition, String what) throws InterruptedException {
        long until = System.nanoTime() + TIMEOUT_NANOS;
        try {
            while (!condition.holds()) {
                assertThat(System.nanoTime())
                        .as("waited too long for: %s", what)
                        .isLessThan(until);
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("while waiting for: " + what, e);
        }
    }
}
