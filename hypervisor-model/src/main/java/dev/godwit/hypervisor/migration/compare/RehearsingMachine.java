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
 * @param work what pages ask of them
 */
public record RehearsingMachine(double processors, boolean destinationHere, double programProcessors, PageWork work) {
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
     * @param programRuns true if the program wants processors too
     * @param compilers threads that want as much as they can get
     */
    Pace pace(double linkNanos, Work pages, boolean programRuns, int compilers) {
        double[] program = programRuns ? programThreads() : new double[0];
        double[] others = Arrays.copyOf(program, program.length + compilers);
        Arrays.fill(others, program.length, others.length, 1);
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
        double wanted = Arrays.stream(program).sum();
        double got = Arrays.stream(shares, 0, program.length).sum();
        return new Pace(
                nanos, wanted > 0 ? Math.min(1, got / wanted) : 1, compilers > 0 ? shares[program.length] * nanos : 0);
    }

    /** As many threads as it takes, each of the same demand; it cannot have used more than there was. */
    private double[] programThreads() {
        double wanted = Math.min(programProcessors, processors);
        double[] threads = new double[(int) Math.ceil(wanted)];
        Arrays.fill(threads, wanted / Math.max(1, threads.length));
        return threads;
    }
}
