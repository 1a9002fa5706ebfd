package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.linux.guardian.Guardian;

/** What the way home does with the program. */
final class ProgramOnItsWayHome implements RealHome.Program {
    private final Standstill standstill;
    private final StandstillWatch watch;
    private final SourceStream stream;
    private final Guardian guardian;

    ProgramOnItsWayHome(Standstill standstill, StandstillWatch watch, SourceStream stream, Guardian guardian) {
        this.standstill = standstill;
        this.watch = watch;
        this.stream = stream;
        this.guardian = guardian;
    }

    @Override
    public void stop() {
        watch.busy(true);
        standstill.stop();
    }

    @Override
    public void waits() {
        watch.busy(false);
    }

    @Override
    public void goOn() {
        standstill.letGo();
    }

    @Override
    public void asked() {
        stream.callBack("cancelled by the operator");
    }

    @Override
    public void arrived() {
        watch.busy(false);
        // At home it has all of its memory at once.
        guardian.abandon();
    }
}
