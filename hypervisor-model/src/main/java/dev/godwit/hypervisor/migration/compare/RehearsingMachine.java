package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.host.FairShares;
import dev.godwit.hypervisor.migration.PageWork;
import java.util.Arrays;

/**
 * The machine that a rehearsal was made on, as it was known before the rehearsal began.
 *
 * @param processors how many it has; parts of one where the process may use no more
 * @param destinationHere true if the destination is another process of the same machine, which wants processors too
 * @param programProcessors what the program used of them while it was recorded: 0.3 is 300 ms of each second
 * @param programWants what it would have used if none of its threads had had to wait for a processor; 0 if that is not known
 * @param work what pages ask of them
 */
public record RehearsingMachine(
        double processors, boolean destinationHere, double programProcessors, double programWants, PageWork work) {
    private static final int MOST_PROCESSORS = 4096;

    /**
     * Checks the figures; they may come from a file.
     *
     * @throws IllegalArgumentException if one is out of its range; one line
     */
    public RehearsingMachine {
        if (!(processors > 0 && processors <= MOST_PROCESSORS)) {
            throw new IllegalArgumentException("a rehearsal on " + processors + " processors");
        }
        if (!(programProcessors >= 0 && programProcessors <= MOST_PROCESSORS)) {
            throw new IllegalArgumentException(
                    "a rehearsal of a program that uses " + programProcessors + " processors");
        }
        if (!(programWants >= 0 && programWants <= MOST_PROCESSORS)) {
            throw new IllegalArgumentException("a rehearsal of a program that wants " + programWants + " processors");
        }
    }

    /** Of a program whose threads did not wait for processors, as far as that is known. */
    public RehearsingMachine(double processors, boolean destinationHere, double programProcessors, PageWork work) {
        this(processors, destinationHere, programProcessors, programProcessors, work);
    }

    /** The same, with a program that wants what it used. */
    RehearsingMachine asUsed() {
        return new RehearsingMachine(processors, destinationHere, programProcessors, work);
    }

    /** What the program does meanwhile. */
    enum Program {
        STANDS,
        RUNS,
        /** One of its threads does; the others go on. */
        WAITS_FOR_A_PAGE
    }

    /**
     * How pages go at one time.
     *
     * @param nanos how long they take
     * @param programShare what the program gets meanwhile of what it wants, 0 to 1
     * @param compiledNanos what each compiler gets done meanwhile
     */
    record Pace(double nanos, double programShare, double compiledNanos) {}

    /**
     * What pages ask of the threads that have to do with them, in processor time; each thread is on one processor at a time.
     *
     * @param sendNanos of the sender
     * @param receiveNanos of the destination
     * @param takeNanos of who takes what the destination gives back, if it does
     * @param placeNanos of who brings that to the program
     */
    record Work(double sendNanos, double receiveNanos, double takeNanos, double placeNanos) {}

    /**
     * How fast pages go: the slowest of the link and the threads decides, and these get no more of the processors than is fair.
     *
     * @param linkNanos how long the link takes for them
     * @param program whether it wants processors too
     * @param compilers threads that want as much as they can get
     */
    Pace pace(double linkNanos, Work pages, Program program, int compilers) {
        double[] threads = threadsOf(program);
        double[] others = Arrays.copyOf(threads, threads.length + compilers);
        Arrays.fill(others, threads.length, others.length, 1);
        double[] work = {pages.sendNanos, destinationHere ? pages.receiveNanos : 0, pages.takeNanos, pages.placeNanos};
        double nanos = Math.max(
                Math.max(linkNanos, destinationHere ? 0 : pages.receiveNanos),
                FairShares.nanosFor(processors, work, others));
        if (nanos == 0) {
            return new Pace(0, 1, 0);
        }
        double[] demands = Arrays.copyOf(others, others.length + work.length);
        for (int i = 0; i < work.length; i++) {
            demands[others.length + i] = work[i] / nanos;
        }
        double[] shares = FairShares.of(processors, demands);
        double wanted = program == Program.STANDS ? 0 : Math.min(programProcessors, processors);
        double got = Arrays.stream(shares, 0, threads.length).sum();
        return new Pace(
                nanos, wanted > 0 ? Math.min(1, got / wanted) : 1, compilers > 0 ? shares[threads.length] * nanos : 0);
    }

    /** As many threads as it takes, each of the same demand. It cannot have used more than there was, but wanted more. */
    private double[] threadsOf(Program program) {
        double wanted = Math.max(programWants, Math.min(programProcessors, processors));
        wanted = switch (program) {
            case STANDS -> 0;
            case RUNS -> wanted;
            case WAITS_FOR_A_PAGE -> Math.max(0, wanted - 1);
        };
        double[] threads = new double[(int) Math.ceil(wanted)];
        Arrays.fill(threads, wanted / Math.max(1, threads.length));
        return threads;
    }
}
