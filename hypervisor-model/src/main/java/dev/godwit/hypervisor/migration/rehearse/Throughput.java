package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.ThroughputMeter.Rate;

/**
 * What a program got done before, during and after its rehearsal; measured.
 *
 * @param before in a short while before
 * @param during from the first message to the last; the time for which it stood to be compared, which no migration has, is
 *     left out
 * @param after in a short while after
 */
public record Throughput(Rate before, Rate during, Rate after) {

    /**
     * What it lost while it was migrated, of what it did before, 0 to 1; negative if it did more. By the application's steps
     * if it tells of any, else by processor time.
     */
    public double loss() {
        boolean told = countsSteps();
        double then = told ? before.stepsPerSecond().getAsDouble() : before.processorSeconds();
        double meanwhile = told ? during.stepsPerSecond().getAsDouble() : during.processorSeconds();
        return then == 0 ? 0 : 1 - meanwhile / then;
    }

    /** True if the application tells of its steps. */
    public boolean countsSteps() {
        return before.stepsPerSecond().isPresent()
                && during.stepsPerSecond().isPresent()
                && before.stepsPerSecond().getAsDouble() > 0;
    }
}
