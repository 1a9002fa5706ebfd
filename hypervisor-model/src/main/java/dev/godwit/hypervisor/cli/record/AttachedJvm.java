package dev.godwit.hypervisor.cli.record;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.AttachOperationFailedException;
import com.sun.tools.attach.VirtualMachine;
import dev.godwit.agent.channel.AgentConnection;
import dev.godwit.agent.channel.ControlSocket;
import dev.godwit.hypervisor.cli.CommandFailure;
import dev.godwit.hypervisor.cli.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

/** A running JVM that lets us load an agent into it. */
public final class AttachedJvm implements AutoCloseable {
    /** The agent starts in a thread of the program: on a machine with ten programs for each processor it took over ten seconds. */
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(30);

    private static final int ATTEMPTS = 5;

    private final ProcessFacts process;
    private final VirtualMachine machine;

    private AttachedJvm(ProcessFacts process, VirtualMachine machine) {
        this.process = process;
        this.machine = machine;
    }

    /**
     * Connects to the JVM.
     *
     * @throws CommandFailure if there is no such process, it is no JVM, or it does not let us in
     */
    public static AttachedJvm attach(long pid) {
        ProcessFacts process = ProcessFacts.of(pid)
                .orElseThrow(
                        () -> failure("there is no process " + pid + "; jcmd lists the JVMs of this machine", null));
        String what = "process " + pid + " (" + process.command() + ")";
        int own = ProcessFacts.ownUid();
        if (own != 0 && own != process.uid()) {
            throw failure(what + " belongs to user " + process.userName() + "; " + asThatUser(process), null);
        }
        try {
            if (!process.isJvm()) {
                throw failure(what + " is not a HotSpot JVM; jcmd lists the JVMs of this machine", null);
            }
            return new AttachedJvm(process, VirtualMachine.attach(String.valueOf(pid)));
        } catch (AttachNotSupportedException e) {
            throw failure(
                    what + " does not answer (" + e.getMessage()
                            + "); was it started with -XX:+DisableAttachMechanism, or is it stopped?",
                    e);
        } catch (IOException | UncheckedIOException e) {
            throw failure(
                    "cannot attach to " + what + " of user " + process.userName() + ": " + e.getMessage() + "; "
                            + wayIn(own, process),
                    e);
        } catch (NoClassDefFoundError e) {
            throw failure(
                    "cannot attach: the Java that runs godwit (" + System.getProperty("java.home")
                            + ") has no module jdk.attach; run it with a JDK",
                    e);
        }
    }

    /**
     * Loads the agent and connects with it.
     *
     * @throws CommandFailure if the JVM does not let us in, or the agent does not answer
     */
    public static AgentConnection control(long pid, Path agentJar) {
        try (AttachedJvm jvm = attach(pid);
                ControlSocket socket = ControlSocket.create(pid)) {
            jvm.loadAgent(agentJar, "control=" + socket.path());
            return socket.accept(CONNECT_LIMIT);
        } catch (IOException refused) {
            throw failure("cannot speak with the agent in process " + pid + ": " + refused.getMessage(), refused);
        }
    }

    /** What to do about a process that does not let this user in. */
    private static String wayIn(int ownUid, ProcessFacts process) {
        return ownUid == process.uid()
                ? "it is protected from its own user too (a security module, or no ptrace right); jcmd lists the JVMs that"
                        + " can be reached"
                : asThatUser(process);
    }

    private static String asThatUser(ProcessFacts process) {
        return "run godwit as that user, for example with sudo -u " + process.userName();
    }

    /** User that the JVM acts as, and so writes its trace as. */
    int uid() {
        return process.uid();
    }

    /**
     * Loads the agent, or hands the options to the agent that is loaded already.
     *
     * @throws CommandFailure if the JVM refuses it
     */
    public void loadAgent(Path agentJar, String options) {
        try {
            machine.loadAgent(agentJar.toString(), options);
        } catch (AgentLoadException | AgentInitializationException e) {
            throw failure(
                    "JVM " + process.pid() + " did not load " + agentJar + " (" + e.getMessage() + "); is it older than"
                            + " Java 17, was it started with -XX:-EnableDynamicAgentLoading, or may user "
                            + process.userName() + " not read the jar?",
                    e);
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /** A system property of the JVM, empty if it is not set. */
    public String property(String key) {
        for (int attempt = 1; ; attempt++) {
            try {
                Properties properties = machine.getSystemProperties();
                return properties.getProperty(key, "");
            } catch (AttachOperationFailedException e) {
                // HotSpot fails to list its properties when one is removed meanwhile, as the recorder does when it
                // begins.
                if (attempt == ATTEMPTS) {
                    throw gone(e);
                }
            } catch (IOException e) {
                throw gone(e);
            }
        }
    }

    @Override
    public void close() {
        try {
            machine.detach();
        } catch (IOException e) {
            // The connection is gone, which is what was wanted.
        }
    }

    private CommandFailure gone(IOException e) {
        return failure("the connection to JVM " + process.pid() + " broke: " + e.getMessage() + "; did it end?", e);
    }

    private static CommandFailure failure(String message, Throwable cause) {
        return new CommandFailure(ExitCode.CANNOT_ATTACH, message, cause);
    }
}
