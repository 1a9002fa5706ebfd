package dev.godwit.hypervisor.guest.live;

import dev.godwit.hypervisor.machine.Program;
import dev.godwit.hypervisor.memory.GuestMemory;

/** A program that runs by itself: all there is to do is to begin with an empty memory. */
public final class RunningJvm implements Program {
    private final ProcessDirtyLog log;

    public RunningJvm(ProcessDirtyLog log) {
        this.log = log;
    }

    /** Nothing is in memory until it is found in the process: the balloon has it all. */
    @Override
    public void boot(GuestMemory memory) {
        log.serve(memory);
        for (int gfn = 0; gfn < memory.pages(); gfn++) {
            memory.balloon().inflate(gfn);
        }
    }

    @Override
    public void execute(GuestMemory memory, long nanos) {
        throw new IllegalStateException("a running program cannot be executed by a clock");
    }
}
