package dev.godwit.hypervisor.migration.experiment;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.migration.ProgressListener;
import java.util.Optional;

/** An experiment that can be run on a recorded run instead of a guest made for it. */
public interface TraceExperiment extends Experiment {

    /**
     * Runs it, on a recorded run if one is given.
     *
     * @throws dev.godwit.hypervisor.guest.UnusableTraceException if the run cannot be replayed so
     */
    Findings run(long seed, ProgressListener progress, Optional<RecordedRun> trace);
}
