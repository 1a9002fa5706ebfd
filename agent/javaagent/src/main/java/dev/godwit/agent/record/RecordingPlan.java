package dev.godwit.agent.record;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What to record.
 *
 * @param output new or empty directory for the trace
 * @param duration how long; empty until the program ends
 * @param interval time between two scans for written pages
 * @param edenTracked whether Eden's pages are tracked, rather than derived from how far it was filled
 * @param sample whether page contents are sampled
 * @param collectAtStart whether to force a young collection once the recording runs
 * @param collectPeriod time between two forced young collections; empty for none
 * @param maxSizeBytes largest size of the trace on disk
 */
public record RecordingPlan(
        Path output,
        Optional<Duration> duration,
        Duration interval,
        boolean edenTracked,
        boolean sample,
        boolean collectAtStart,
        Optional<Duration> collectPeriod,
        long maxSizeBytes) {}
