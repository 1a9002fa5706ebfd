package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.ProcessControl;
import dev.godwit.linux.RemoteUserfaultfd;
import dev.godwit.linux.guardian.Guardian;

/** A process that its guardian stops and tracks, so that the end of this JVM leaves it nothing but free. */
final class GuardedControl implements ProcessControl {
    private static final long STOP_LIMIT_NANOS = 5_000_000_000L;

    private final Guardian guardian;

    GuardedControl(Guardian guardian) {
        this.guardian = guardian;
    }

    @Override
    public RemoteUserfaultfd openTracker() {
        return guardian.openUserfaultfd(true);
    }

    @Override
    public void stop() {
        Guardian.Paused unused = guardian.pause(STOP_LIMIT_NANOS);
    }

    @Override
    public void goOn() {
        long unused = guardian.resume();
    }

    @Override
    public void close() {
        guardian.close();
    }
}
