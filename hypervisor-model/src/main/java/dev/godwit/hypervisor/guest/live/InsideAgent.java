package dev.godwit.hypervisor.guest.live;

import dev.godwit.trace.DeclaredMemory;
import dev.godwit.trace.JvmSignals;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** An agent inside the JVM. Every call returns in time or fails; a migration can go on without it. */
public interface InsideAgent {

    /**
     * Has the young generation collected.
     *
     * @return how long it took, in nanoseconds
     */
    long collectYoung() throws IOException;

    /** Tells that the JVM is about to be stopped; it reads that when it runs again. */
    default void paused() throws IOException {}

    /** Tells that the migration succeeded. Does not wait for an answer: the JVM may stand. */
    void done() throws IOException;

    /** Tells that the migration, or an attempt to pause, is off. */
    void aborted(String reason) throws IOException;

    /** What the JVM and the application tell about the moment. */
    JvmSignals signals() throws IOException;

    /** Where it can be read from outside what is open while the JVM stands; empty if it cannot. */
    default Optional<SectionCounts> sectionCounts() throws IOException {
        return Optional.empty();
    }

    /**
     * What the application says of its buffers now; empty if that cannot be told.
     *
     * @param hold true if the JVM is about to be stopped: none of these buffers is freed by the JVM until it is told of the end
     */
    default Optional<Declarations> declared(boolean hold) throws IOException {
        return Optional.empty();
    }

    /** Has stalls recorded from now on. */
    void beginStalls() throws IOException;

    /** The stalls since then; recording ends. */
    Stalls endStalls() throws IOException;

    /** Steps that the application has made since it started: sections opened and safe points reached, told or recognised. */
    long steps() throws IOException;

    /**
     * Where counts of critical sections lie in the JVM's memory: numbers of 64 bits, the low 24 bits of each how many are open.
     *
     * @param address of the first
     * @param strideBytes from one to the next
     * @param count how many
     */
    record SectionCounts(long address, int strideBytes, int count) {}

    /**
     * What an application says of its buffers.
     *
     * @param address where it says in the JVM's memory which of it stands: at each of 4096 places, a number of 64 bits
     * @param hold what the number behind the last place is as long as the buffers are held; 0 if that was not asked
     * @param list of it
     */
    record Declarations(long address, long hold, List<Declaration> list) {
        public Declarations {
            list = List.copyOf(list);
        }
    }

    /**
     * One of it.
     *
     * @param place where its number is while it stands
     * @param number never zero, and never that of another
     * @param memory what is said of which addresses
     */
    record Declaration(int place, long number, DeclaredMemory memory) {}

    /**
     * How late a thread of the JVM was that wanted to run each millisecond: what any thread of the application may have felt.
     *
     * @param intervalNanos how long was recorded
     * @param longestNanos longest stall
     * @param p50Nanos median
     * @param p90Nanos 90th percentile
     * @param p99Nanos 99th percentile
     * @param p999Nanos 99.9th percentile
     * @param histogram the whole distribution: HdrHistogram's compressed form (V2) in Base64
     */
    record Stalls(
            long intervalNanos,
            long longestNanos,
            long p50Nanos,
            long p90Nanos,
            long p99Nanos,
            long p999Nanos,
            String histogram) {}
}
