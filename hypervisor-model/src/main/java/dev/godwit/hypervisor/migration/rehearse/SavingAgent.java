package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.InsideAgent;
import dev.godwit.trace.JvmSignals;
import java.io.IOException;
import java.util.Optional;

/** Saves what was written so far before the young generation is collected, so that less is left for the pause. */
final class SavingAgent implements InsideAgent {
    private final SafetyLog log;
    private final InsideAgent inside;

    SavingAgent(SafetyLog log, InsideAgent inside) {
        this.log = log;
        this.inside = inside;
    }

    @Override
    public long collectYoung() throws IOException {
        log.catchUp();
        return inside.collectYoung();
    }

    @Override
    public void paused() throws IOException {
        inside.paused();
    }

    @Override
    public void done() throws IOException {
        inside.done();
    }

    @Override
    public void aborted(String reason) throws IOException {
        inside.aborted(reason);
    }

    @Override
    public Optional<SectionCounts> sectionCounts() throws IOException {
        return inside.sectionCounts();
    }

    @Override
    public Optional<Declarations> declared(boolean hold) throws IOException {
        return inside.declared(hold);
    }

    @Override
    public void beginStalls() throws IOException {
        inside.beginStalls();
    }

    @Override
    public Stalls endStalls() throws IOException {
        return inside.endStalls();
    }

    @Override
    public long steps() throws IOException {
        return inside.steps();
    }

    @Override
    public JvmSignals signals() throws IOException {
        return inside.signals();
    }
}
