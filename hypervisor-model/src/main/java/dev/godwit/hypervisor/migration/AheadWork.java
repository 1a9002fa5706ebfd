package dev.godwit.hypervisor.migration;

/**
 * What a page of a rehearsal asks of the processors while the program runs ahead of its memory: it goes to the destination, comes back
 * from there, is compared, and is brought to the program. Measured with pages of no program, before a rehearsal, on its machine;
 * each figure is the work of another thread.
 *
 * @param sendNanos processor time of the sender for a page
 * @param hostNanos of the destination, which takes it and gives it back; it is warm
 * @param takeNanos of who takes what comes back, and compares it
 * @param placeNanos of the guardian, which brings it to the program
 * @param handOverNanos how long a program that does nothing ran nowhere: VCPU, devices and a list of what follows go to the
 *     destination, and its answer comes back; 0 if that is not known
 */
public record AheadWork(double sendNanos, double hostNanos, double takeNanos, double placeNanos, double handOverNanos) {
    /**
     * Checks the figures; they may come from a file.
     *
     * @throws IllegalArgumentException if one is out of its range; one line
     */
    public AheadWork {
        PageWork.require(sendNanos, PageWork.MOST_NANOS, "sending a page that is missed");
        PageWork.require(hostNanos, PageWork.MOST_NANOS, "giving a page back");
        PageWork.require(takeNanos, PageWork.MOST_NANOS, "comparing a page");
        PageWork.require(placeNanos, PageWork.MOST_NANOS, "bringing a page to the program");
        PageWork.require(handOverNanos, PageWork.MOST_NANOS, "handing over");
    }
}
