package dev.godwit.hypervisor.cli.rehearse;

import dev.godwit.hypervisor.cli.CommandFailure;
import dev.godwit.hypervisor.cli.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A program to be rehearsed: one that runs, or one that is started for it and ended afterwards. A started one is no child of
 * this JVM, which could not trace it.
 */
public final class RehearsedProgram implements AutoCloseable {
    private static final long END_SECONDS = 5;
    private static final long SHELL_MILLIS = 1000;
    private static final int SIGNALLED = 128;

    private final String name;
    private final long pid;
    private final Optional<Started> started;
    /** It would outlive a Ctrl-C: a shell lets its background processes ignore that. */
    private final Thread hook = new Thread(this::kill, "godwit-program-end");

    /**
     * What is there of a program that was started here.
     *
     * @param shell its parent, which ends with it and as it does
     */
    private record Started(Process shell, LastLine output, LastLine errors) {}

    private RehearsedProgram(String name, long pid, Optional<Started> started) {
        this.name = name;
        this.pid = pid;
        this.started = started;
    }

    /** One that runs, and goes on afterwards. */
    public static RehearsedProgram running(long pid) {
        return new RehearsedProgram("process " + pid, pid, Optional.empty());
    }

    /**
     * Starts one, and waits until it has said its first line.
     *
     * @param words of {@code java}
     * @throws CommandFailure if it does not start; one line
     */
    public static RehearsedProgram start(String name, List<String> words) {
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "exec 3<&0; \"$@\" <&3 & echo $!; wait $!",
                "sh",
                System.getProperty("java.home") + "/bin/java"));
        command.addAll(words);
        try {
            Process shell = new ProcessBuilder(command).start();
            LastLine output = LastLine.behindFirst(shell.getInputStream());
            LastLine errors = LastLine.of(shell.getErrorStream());
            String pid = output.nextOfAnother();
            boolean runs = pid != null && output.next() != null;
            output.follow();
            Optional<Started> parts = Optional.of(new Started(shell, output, errors));
            if (!runs) {
                throw new IOException(endOf(parts.get()));
            }
            RehearsedProgram program = new RehearsedProgram(name, Long.parseLong(pid), parts);
            Runtime.getRuntime().addShutdownHook(program.hook);
            return program;
        } catch (IOException | NumberFormatException failed) {
            throw new CommandFailure(ExitCode.FAILED, "cannot start " + name + ": " + failed.getMessage(), failed);
        }
    }

    /**
     * Starts one with G1, says so, and leaves it alone until it is warm.
     *
     * @param heap size as the JVM's options say it
     * @param program what {@code java} runs
     * @throws CommandFailure if it does not start, or ends meanwhile; one line
     */
    public static RehearsedProgram startWarm(
            String name, String heap, List<String> program, long warmUpNanos, PrintWriter err)
            throws InterruptedException {
        List<String> words = new ArrayList<>(List.of("-XX:+UseG1GC", "-Xms" + heap, "-Xmx" + heap));
        words.addAll(program);
        RehearsedProgram started = start(name, words);
        err.println(name + " runs, and is left alone for " + TimeUnit.NANOSECONDS.toSeconds(warmUpNanos) + " s");
        err.flush();
        TimeUnit.NANOSECONDS.sleep(warmUpNanos);
        return started.requireAlive();
    }

    /** How a program that was started here has ended by itself, in one line; empty if it runs, or was not started here. */
    public Optional<String> howItEnded() {
        boolean gone = started.isPresent()
                && !ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        return gone ? Optional.of(name + " " + endOf(started.get())) : Optional.empty();
    }

    /**
     * Checks that it has not ended.
     *
     * @throws CommandFailure one line, how it ended
     */
    public RehearsedProgram requireAlive() {
        howItEnded().ifPresent(end -> {
            close();
            throw new CommandFailure(ExitCode.FAILED, end);
        });
        return this;
    }

    private static String endOf(Started ended) {
        String end = "ended by itself";
        try {
            if (ended.shell.waitFor(SHELL_MILLIS, TimeUnit.MILLISECONDS)) {
                int code = ended.shell.exitValue();
                end += code > SIGNALLED ? ", by signal " + (code - SIGNALLED) : ", with exit code " + code;
            } else {
                ended.shell.destroyForcibly();
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        String said = ended.errors.ofEnded();
        String last = said.isEmpty() ? ended.output.ofEnded() : said;
        return last.isEmpty() ? end + ", and said nothing" : end + "; the last it said was: " + last;
    }

    public String name() {
        return name;
    }

    public long pid() {
        return pid;
    }

    private void kill() {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Ends the program if it was started here. */
    @Override
    public void close() {
        if (started.isEmpty()) {
            return;
        }
        Process shell = started.get().shell();
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The hook runs, or has run.
        }
        try {
            if (!shell.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                shell.destroyForcibly();
            }
        } catch (InterruptedException hurry) {
            shell.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
