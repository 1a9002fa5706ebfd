package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.guest.live.RunningJvm;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.DirtyLog;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.HostMemory;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.linux.PageSize;

/** The machine that a running program is, to an engine. */
final class ProcessMachine {
    private ProcessMachine() {}

    /** One whose guest is the program; the host's modelled time stands still, as the machine runs the process. */
    static VirtualMachine make(String name, ProcessPages pages, DirtyLog log, RunningJvm program) {
        GuestMemory memory = new GuestMemory(pages.capacity(), PageSize.bytes(), new HostMemory(pages.capacity()), log);
        return new VirtualMachine(name, new VirtualClock(), memory, program);
    }
}
