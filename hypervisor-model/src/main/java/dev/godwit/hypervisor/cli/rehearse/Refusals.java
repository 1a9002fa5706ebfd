package dev.godwit.hypervisor.cli.rehearse;

import dev.godwit.agent.heap.UnreadableVmException;
import dev.godwit.hypervisor.cli.CommandFailure;
import dev.godwit.hypervisor.cli.ExitCode;
import dev.godwit.linux.NativeAccess;
import dev.godwit.linux.NativeAccessException;
import dev.godwit.linux.StopException;
import dev.godwit.linux.SystemCallException;
import dev.godwit.linux.guardian.GuardianException;
import java.io.UncheckedIOException;
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
