package dev.godwit.hypervisor.cli.record;

import dev.godwit.hypervisor.cli.CommandFailure;
import dev.godwit.hypervisor.cli.ExitCode;
import dev.godwit.trace.TraceEnd;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program that is started to be recorded, and ended afterwards. */
public final class StartedProgram implements Recording.Subject {
    private static final long GRACE_SECONDS = 10;

    private final Process process;
    private final String name;
    private final boolean keepRunning;

    private StartedProgram(Process process, String name, boolean keepRunning) {
        this.process = process;
        this.name = name;
        this.keepRunning = keepRunning;
    }

    /** How a program is started. */
    public interface Launch {
        /** Starts the process, with its streams where they should go. */
        Process start(ProcessBuilder builder) throws IOException;
    }

    /** The program has the terminal as if godwit were not there. */
    public static Process withTerminal(ProcessBuilder builder) throws IOException {
        return builder.inheritIO().start();
    }

    /**
     * Starts the program with the agent, and records it.
     *
     * @param words command line of the program
     * @param agentJar the agent
     * @param output where to record; empty directory or new
     * @param keepRunning let the program go on to its own end when the recording has ended
     * @throws CommandFailure if the recording failed; the program is then ended and the directory as it was
     */
    public static Outcome record(
            List<String> words,
            Path agentJar,
            OutputDirectory output,
            RecordSettings settings,
            boolean keepRunning,
            Launch launch,
            PrintWriter err)
            throws InterruptedException {
        StartedProgram program;
        try {
            String agent = agentJar + "=" + settings.agentOptions(output.path());
            ProgramCommand command = ProgramCommand.of(words, agent, javaHome());
            ProcessBuilder builder = new ProcessBuilder(command.words());
            builder.environment().putAll(command.environment());
            program = new StartedProgram(launch.start(builder), command.name(), keepRunning);
        } catch (IOException e) {
            output.remove();
            throw new CommandFailure(ExitCode.USAGE, "cannot start the program: " + e.getMessage(), e);
        } catch (CommandFailure e) {
            output.remove();
            throw e;
        }
        try {
            Outcome outcome = Recording.follow(program, output, settings, err);
            program.reportExit(err);
            return outcome;
        } finally {
            program.stop();
        }
    }

    /** Short name of the program, for naming its trace. */
    public static String name(List<String> words) {
        return ProgramCommand.of(words, "", javaHome()).name();
    }

    /** JAVA_HOME, else the Java that runs godwit. */
    static Path javaHome() {
        String named = System.getenv("JAVA_HOME");
        return Path.of(named == null || named.isEmpty() ? System.getProperty("java.home") : named);
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public String agentStatus() {
        // Of a script, the JVM is a descendant; asking the JDK's own launchers is enough to explain most failures.
        try (AttachedJvm jvm = AttachedJvm.attach(process.pid())) {
            return jvm.property("godwit.agent.status");
        } catch (CommandFailure e) {
            return "";
        }
    }

    @Override
    public void recordingEnded(TraceEnd.Reason reason) throws InterruptedException {
        if (!keepRunning && reason != TraceEnd.Reason.PROGRAM_ENDED) {
            stop();
        }
        process.waitFor();
    }

    @Override
    public void stop() {
        if (!process.isAlive()) {
            return;
        }
        // A script's JVM is not reached by a signal to the script.
        List<ProcessHandle> family = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        family.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                family.forEach(ProcessHandle::destroyForcibly);
                boolean unused = process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            family.forEach(ProcessHandle::destroyForcibly);
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String description() {
        return name;
    }

    @Override
    public String ending() {
        return process.isAlive() ? "ended" : "ended with exit code " + process.exitValue();
    }

    /** A program that ended of itself and failed has a trace all the same; its user should know. */
    private void reportExit(PrintWriter err) {
        int code = process.exitValue();
        boolean endedByUs = code == 128 + 15 || code == 128 + 9 || code == 128 + 2;
        if (code != 0 && !endedByUs) {
            err.println("godwit: notice: " + name + " ended with exit code " + code);
        }
    }
}
