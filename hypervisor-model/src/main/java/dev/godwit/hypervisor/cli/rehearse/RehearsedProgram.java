package dev.godwit.hypervisor.cli.rehearse;

import dev.godwit.hypervisor.cli.CommandFailure;
import dev.godwit.hypervisor.cli.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
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

    private final String name;
    private final long pid;
    private final Optional<Process> shell;
    /** It would outlive a Ctrl-C: a shell lets its background processes ignore that. */
    private final Thread hook = new Thread(this::kill, "godwit-program-end");

    private RehearsedProgram(String name, long pid, Optional<Process> shell) {
        this.name = name;
        this.pid = pid;
        this.shell = shell;
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
                "exec 3<&0; \"$@\" <&3 & echo $!; wait",
                "sh",
                System.getProperty("java.home") + "/bin/java"));
        command.addAll(words);
        try {
            Process shell = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8));
            String pid = lines.readLine();
            if (pid == null || lines.readLine() == null) {
                shell.destroyForcibly();
                throw new IOException("it ended at once");
            }
            RehearsedProgram program = new RehearsedProgram(name, Long.parseLong(pid), Optional.of(shell));
            Runtime.getRuntime().addShutdownHook(program.hook);
            program.drain(lines);
            return program;
        } catch (IOException | NumberFormatException failed) {
            throw new CommandFailure(ExitCode.FAILED, "cannot start " + name + ": " + failed.getMessage(), failed);
        }
    }

    /** It must not wait for a reader. */
    private void drain(BufferedReader lines) {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (lines.readLine() != null) {
                            // What it says is of no interest.
                        }
                    } catch (IOException ended) {
                        // So does this thread.
                    }
                },
                "godwit-program-output");
        thread.setDaemon(true);
        thread.start();
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
        if (shell.isEmpty()) {
            return;
        }
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The hook runs, or has run.
        }
        try {
            if (!shell.get().waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                shell.get().destroyForcibly();
            }
        } catch (InterruptedException hurry) {
            shell.get().destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
