package dev.godwit.linux.guardian;

import dev.godwit.linux.OwnProcess;
import dev.godwit.linux.PipeEnd;

/**
 * The guardian process: holds the userfaultfd of a process and a copy of its pages, so that no other process can take it
 * down by ending. Started by {@link Guardian}; not meant to be called by hand.
 *
 * <p>Arguments: number of the process, number of the controller, the controller's descriptor of the safety copy. Standard
 * input and output carry {@link Message}s; the end of the input is the end of the controller.
 */
public final class GuardianMain {
    private GuardianMain() {}

    public static void main(String[] arguments) {
        long pid = Long.parseLong(arguments[0]);
        long controller = Long.parseLong(arguments[1]);
        int descriptor = Integer.parseInt(arguments[2]);
        OwnProcess.becomeIndependent();
        // Threads of the process wait while this one does not run; what it does at a time is short.
        OwnProcess.raiseNice(5);
        Outbox outbox = new Outbox(1);
        try (SafetyCopy copy = SafetyCopy.open(controller, descriptor)) {
            PipeEnd commands = new PipeEnd(0, GuardianLoop.COMMAND_BUFFER_BYTES);
            new GuardianLoop(pid, copy, commands, outbox).run();
        } catch (RuntimeException failure) {
            outbox.fail(0, failure);
        }
        // Nothing is left to tidy up, and the kernel lets go of what is traced.
        Runtime.getRuntime().halt(0);
    }
}
