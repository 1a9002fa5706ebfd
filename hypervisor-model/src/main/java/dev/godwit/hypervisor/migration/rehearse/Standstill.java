package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.agent.heap.RemoteHeap;
import dev.godwit.hypervisor.guest.live.RunningJvmAgent;
import dev.godwit.hypervisor.guest.live.RunningProcess;
import dev.godwit.hypervisor.sim.Clock;

/** Stops the program and lets it go on, and has the watch know of both. */
final class Standstill implements RunningJvmAgent.Hold {
    private static final int MOST_PAUSES = 20;
    private static final long BETWEEN_PAUSES_NANOS = 5_000_000;

    private final RunningProcess process;
    private final RemoteHeap heap;
    private final StandstillWatch watch;
    private final Clock clock;

    /** @param heap of the program, or null if nothing is read there */
    Standstill(RunningProcess process, RemoteHeap heap, StandstillWatch watch, Clock clock) {
        this.process = process;
        this.heap = heap;
        this.watch = watch;
        this.clock = clock;
    }

    /** Stops the program, and again if it was stopped in a collection, of which nothing could be told. */
    @Override
    public void hold() {
        stop();
        for (int i = 1; i < MOST_PAUSES && heap != null && heap.isCollecting(); i++) {
            letGo();
            clock.advance(BETWEEN_PAUSES_NANOS);
            stop();
        }
    }

    /** Stops the program wherever it is. */
    void stop() {
        process.pause();
        watch.stands();
    }

    @Override
    public void letGo() {
        watch.goesOn();
        process.resume();
    }
}
