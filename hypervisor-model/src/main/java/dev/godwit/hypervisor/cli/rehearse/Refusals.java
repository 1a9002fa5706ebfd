package dev.godwit.hypervisor.cli.rehearse;

import dev.godwit.agent.heap.UnreadableVmException;
import dev.godwit.hypervisor.cli.CommandFailure;
import dev.godwit.hypervisor.cli.ExitCode;
import dev.godwit.hypervisor.migration.rehearse.RehearsedTechnique;
import dev.godwit.linux.Capabilities;
import dev.godwit.linux.NativeAccess;
import dev.godwit.linux.NativeAccessException;
import dev.godwit.linux.StopException;
import dev.godwit.linux.SystemCallException;
import dev.godwit.linux.guardian.GuardianException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Supplier;

/** What keeps a program from being rehearsed, said in one line and with the same exit code by all commands that rehearse. */
public final class Refusals {
    private Refusals() {}

    /**
     * Makes sure that this JVM can call the kernel.
     *
     * @throws CommandFailure if it cannot
     */
    public static void requireNativeAccess() {
        try {
            NativeAccess.initialise();
        } catch (NativeAccessException missing) {
            throw new CommandFailure(ExitCode.CANNOT_REHEARSE, missing.getMessage(), missing);
        }
    }

    /** What is missing to rehearse a process by a technique, one line; empty if nothing is known to be. */
    public static Optional<String> missing(long pid, RehearsedTechnique technique) {
        return Capabilities.probe(pid)
                .missing(
                        technique.runsAhead() ? Capabilities.Ability.MISSING_PAGES : Capabilities.Ability.TRACK_WRITES);
    }

    /**
     * Makes sure that a process can be rehearsed by a technique, as far as that can be told without trying.
     *
     * @param program as the message is to name it
     * @throws CommandFailure if something is missing
     */
    public static void requireRight(long pid, String program, RehearsedTechnique technique) {
        missing(pid, technique).ifPresent(missing -> {
            throw new CommandFailure(
                    ExitCode.CANNOT_REHEARSE,
                    "cannot rehearse " + program + (technique.runsAhead() ? " by " + technique.label() : "") + ": "
                            + missing + "; godwit record and compare do without it");
        });
    }

    /**
     * Rehearses.
     *
     * @param program as the message is to name it
     * @throws CommandFailure if the kernel, the program's JVM or what guards it refuses
     */
    public static <R> R orFailure(String program, Supplier<R> rehearsal) {
        try {
            return rehearsal.get();
        } catch (SystemCallException
                | StopException
                | NativeAccessException
                | GuardianException
                | UncheckedIOException
                | UnreadableVmException refused) {
            throw new CommandFailure(
                    ExitCode.CANNOT_REHEARSE, "cannot rehearse " + program + ": " + refused.getMessage(), refused);
        }
    }
}
