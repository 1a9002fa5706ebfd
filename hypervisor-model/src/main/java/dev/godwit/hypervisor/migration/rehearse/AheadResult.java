package dev.godwit.hypervisor.migration.rehearse;

/**
 * What it was like for a program that ran on before its memory was there; everything in it was measured.
 *
 * @param takenPages pages that were taken away from the program at the switch
 * @param keptPages pages that followed over the link too, but stayed in the program: those of files, and what was in more
 *     pieces than can be taken away
 * @param faults page faults of the program
 * @param requests pages that it waited for and that were sent for that
 * @param returnedPages pages that came back over the link, on demand and by the push, each compared with what was saved
 * @param zeroFaults faults that were answered with zeros at once: what was proven empty, and what was never used
 * @param givenBackPages pages that the program gave back before they came
 * @param fromCopyPages pages that it got from the safety copy: those that the kernel needs before it runs, and, if the link was
 *     lost, the rest
 * @param latePages of these, pages that it had waited for longer than the guardian lets it
 * @param faultP50Nanos median of the waits for a page, from the guardian hearing of the fault to the page being there
 * @param faultP90Nanos 90th percentile
 * @param faultP99Nanos 99th percentile
 * @param faultLongestNanos longest wait
 * @param preparingNanos how long the safety copy was prepared before the migration began, while the program ran
 * @param catchingUpNanos how long the migration was held up later, while the program ran, to save what it had written since
 * @param safetyPauseNanos how long the program stood for what only a rehearsal does: the rest of the safety copy, and taking
 *     the pages away; it is not part of the downtime
 * @param surveyPauseNanos how long it stood while the rehearsal looked from outside which pages there are, and wrote down which of
 *     them follow; it is part of the downtime, although a hypervisor reads a table
 * @param vmLost true if the link was lost behind the switch: a VM would be lost, the program got everything from the safety
 *     copy
 * @param recoveryNanos after that loss, how long until the program had all of its memory; 0 without one
 */
public record AheadResult(
        long takenPages,
        long keptPages,
        long faults,
        long requests,
        long returnedPages,
        long zeroFaults,
        long givenBackPages,
        long fromCopyPages,
        long latePages,
        long faultP50Nanos,
        long faultP90Nanos,
        long faultP99Nanos,
        long faultLongestNanos,
        long preparingNanos,
        long catchingUpNanos,
        long safetyPauseNanos,
        long surveyPauseNanos,
        boolean vmLost,
        long recoveryNanos) {}
