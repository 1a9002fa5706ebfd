package dev.godwit.hypervisor.cli.record;

import dev.godwit.hypervisor.cli.CommandFailure;
import dev.godwit.hypervisor.cli.ExitCode;
import dev.godwit.trace.TraceEnd;
import java.io.PrintWriter;
import java.nio.file.Path;

/** A JVM that runs already; it goes on after its recording. */
public final class RunningJvm implements Recording.Subject {
    private final long pid;
    private final Path agentJar;
    private final Path output;

    private RunningJvm(long pid, Path agentJar, Path output) {
        this.pid = pid;
        this.agentJar = agentJar;
        this.output = output;
    }

    /**
     * Attaches to the JVM and records it.
     *
     * @param output where to record; chosen after the JVM was found to let us in
     * @throws CommandFailure if it cannot be attached to, or the recording failed; the directory is then as it was
     */
    public static Outcome record(long pid, Path agentJar, Path output, RecordSettings settings, PrintWriter err)
            throws InterruptedException {
        RunningJvm subject =
                new RunningJvm(pid, agentJar, output.toAbsolutePath().normalize());
        OutputDirectory directory;
        try (AttachedJvm jvm = AttachedJvm.attach(pid)) {
            directory = OutputDirectory.claim(output);
            try {
                if (jvm.uid() != ProcessFacts.ownUid()) {
                    directory.giveTo(jvm.uid());
                }
                jvm.loadAgent(agentJar, settings.agentOptions(directory.path()));
                refuseIfBusy(jvm);
            } catch (CommandFailure e) {
                directory.remove();
                throw e;
            }
        }
        return Recording.follow(subject, directory, settings, err);
    }

    private static void refuseIfBusy(AttachedJvm jvm) {
        String refused = jvm.property("godwit.agent.refused");
        if (!refused.isEmpty()) {
            throw new CommandFailure(ExitCode.RECORDING_FAILED, "the agent in the JVM refused: " + refused);
        }
    }

    @Override
    public boolean isAlive() {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    @Override
    public String agentStatus() {
        try (AttachedJvm jvm = AttachedJvm.attach(pid)) {
            String refused = jvm.property("godwit.agent.refused");
            return refused.isEmpty() ? jvm.property("godwit.agent.status") : "failed: " + refused;
        } catch (CommandFailure e) {
            return "";
        }
    }

    @Override
    public void stop() {
        try (AttachedJvm jvm = AttachedJvm.attach(pid)) {
            // Another recording of the same JVM is not ours to end.
            if (jvm.property("godwit.agent.status").equals("recording " + output)) {
                jvm.loadAgent(agentJar, "stop=true");
            }
        } catch (CommandFailure e) {
            // It has ended, and its recording with it.
        }
    }

    @Override
    public void recordingEnded(TraceEnd.Reason reason) {
        // The JVM is not ours to end.
    }

    @Override
    public String description() {
        return "JVM " + pid;
    }

    @Override
    public String ending() {
        return "ended";
    }
}
