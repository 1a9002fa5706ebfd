package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.memory.NestedPagingDirtyLog;

/**
 * A dirty log that costs as much to read as that of a rehearsal did on the average, if that is known. Where the rehearsal has
 * said what it read while its program stood ({@link MeasuredRehearsal#surveyNanos}), that is paid elsewhere.
 */
final class RehearsedLog extends NestedPagingDirtyLog {
    private final boolean isKnown;
    private final boolean pauseIsKnown;
    private final long nanosPerReading;
    private boolean stands;

    RehearsedLog(int pages, MeasuredRehearsal measured) {
        super(pages);
        isKnown = measured.logNanos() > 0;
        pauseIsKnown = measured.surveyNanos() > 0;
        // The beginning is a reading too; the last one is the survey, if there is one.
        nanosPerReading =
                measured.logNanos() / (pauseIsKnown ? Math.max(1, measured.logReadings()) : measured.logReadings() + 1);
    }

    /** The guest stands from now on, or runs. */
    void stands(boolean value) {
        stands = value;
    }

    @Override
    public long takeCostNanos() {
        long cost = super.takeCostNanos();
        if (!isKnown) {
            return cost;
        }
        return stands && pauseIsKnown ? 0 : nanosPerReading;
    }
}
