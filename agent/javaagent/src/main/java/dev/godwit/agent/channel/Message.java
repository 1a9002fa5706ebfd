package dev.godwit.agent.channel;

import dev.godwit.trace.JvmSignals;
import java.util.List;

/** What is said over the control channel. Times are nanoseconds, sizes bytes. */
public sealed interface Message {

    /**
     * The agent's first word: what it is in.
     *
     * @param pid of the JVM, as it sees itself: in a container not the number it has outside
     * @param collector {@code G1}, {@code PARALLEL}, {@code SERIAL} or {@code OTHER}
     * @param hasLayout whether the heap layout can be read
     * @param limitation what cannot be read and why, one line; empty if all can
     * @param epoch collections begun so far
     * @param maxHeapBytes the largest the heap may become
     * @param processors that the JVM may use
     * @param vmName system property {@code java.vm.name}
     * @param vmVersion system property {@code java.vm.version}
     * @param javaVersion system property {@code java.version}
     */
    record Hello(
            long pid,
            String collector,
            boolean hasLayout,
            String limitation,
            long epoch,
            long maxHeapBytes,
            int processors,
            String vmName,
            String vmVersion,
            String javaVersion)
            implements Message {}

    /**
     * The sender ends the conversation.
     *
     * @param reason one line
     */
    record Refused(String reason) implements Message {}

    /** Asks the agent to collect the young generation now. Answered by {@link Prepared} or {@link Failed}. */
    record Prepare() implements Message {}

    /**
     * The young generation was collected.
     *
     * @param durationNanos how long the collection took, waiting for it included
     * @param epoch collections begun so far, this one included
     * @param method {@code WhiteBox} or {@code filling Eden}
     */
    record Prepared(long durationNanos, long epoch, String method) implements Message {}

    /**
     * What was asked for could not be done; the channel stays open.
     *
     * @param reason one line
     */
    record Failed(String reason) implements Message {}

    /** What was asked for is done, and there is nothing more to say about it. */
    record Accepted() implements Message {}

    /** Tells that the JVM is going to be stopped; read by the agent when it runs again. */
    record Paused() implements Message {}

    /** Tells that the JVM runs again. */
    record Resumed() implements Message {}

    /** Tells that the migration is over, and succeeded. */
    record Done() implements Message {}

    /**
     * Tells that the migration is over, and did not take place.
     *
     * @param reason one line
     */
    record Aborted(String reason) implements Message {}

    /** Asks for recording stalls from now on. Answered by {@link Accepted}. */
    record StallsBegin() implements Message {}

    /** Asks for the stalls since the begin or the last asking; recording goes on. Answered by {@link Stalls}. */
    record StallsRead() implements Message {}

    /** As {@link StallsRead}, and recording ends. */
    record StallsEnd() implements Message {}

    /**
     * How late a thread of the JVM was that wanted to run each millisecond: what any thread of the application may have
     * felt. Its wake-up by the kernel, some 0.06 ms late on an idle machine, is included.
     *
     * @param intervalNanos how long was recorded
     * @param count wake-ups, those included that a stall swallowed: a stall of 300 ms counts as one of 300, one of 299, and
     *     so on, as HdrHistogram's correction for coordinated omission has it
     * @param longestNanos longest stall
     * @param p50Nanos median; this and the following are rounded up by at most 0.1 %
     * @param p90Nanos 90th percentile
     * @param p99Nanos 99th percentile
     * @param p999Nanos 99.9th percentile
     * @param histogram the whole distribution, in nanoseconds: HdrHistogram's compressed form (V2) in Base64, as in its logs
     */
    record Stalls(
            long intervalNanos,
            long count,
            long longestNanos,
            long p50Nanos,
            long p90Nanos,
            long p99Nanos,
            long p999Nanos,
            String histogram)
            implements Message {}

    /** Asks whether it is a good moment. Answered by {@link Signals} or {@link Failed}. */
    record SignalsRead() implements Message {}

    /**
     * What the JVM and the application tell about the moment.
     *
     * @param signals their time is {@code System.nanoTime} of the agent's JVM, which on Linux is the same clock in
     *     all processes
     */
    record Signals(JvmSignals signals) implements Message {}

    /** Asks how far the application has come. Answered by {@link Progress}. */
    record ProgressRead() implements Message {}

    /**
     * How far the application has come since its JVM started, as it told through the hint API or as the agent recognised.
     *
     * @param sections critical sections opened so far, such as transactions
     * @param safePoints safe points reached so far
     */
    record Progress(long sections, long safePoints) implements Message {}

    /** Asks where the counts of open sections lie. Answered by {@link Sections} or {@link Failed}. */
    record SectionsRead() implements Message {}

    /**
     * Where the counts of critical sections lie in the JVM's memory, to be read from outside while the JVM stands: of
     * each name one number of 64 bits, its low 24 bits how many are open.
     *
     * @param address of the first
     * @param strideBytes from one to the next
     * @param count how many
     */
    record Sections(long address, int strideBytes, int count) implements Message {}

    /**
     * Asks what the application says of its buffers. Answered by {@link DeclaredAnswer} or {@link Failed}.
     *
     * @param hold true if the JVM is about to be stopped: until {@link Done}, {@link Aborted} or the end of the
     *     conversation the collector then frees none of these buffers, so that their memory belongs to nothing else
     */
    record DeclaredRead(boolean hold) implements Message {}

    /**
     * What the application says of its buffers, and where in the JVM's memory it can be read from outside whether it
     * still does while the JVM stands: at {@code address} plus eight times the place there is the number of the
     * declaration, or another number if it was withdrawn.
     *
     * @param address of place 0
     * @param hold number that is at place {@value FrameCodec#MAX_DECLARED} as long as the buffers are held; 0 if that
     *     was not asked
     * @param buffers at most {@value FrameCodec#MAX_DECLARED}
     */
    record DeclaredAnswer(long address, long hold, List<DeclaredBuffer> buffers) implements Message {
        public DeclaredAnswer {
            buffers = List.copyOf(buffers);
        }
    }

    /**
     * A part of a direct buffer.
     *
     * @param place where its number is
     * @param number of the declaration, not zero
     * @param start first address
     * @param end address behind the last byte
     * @param file that holds the same bytes, an absolute path; empty if the content may be lost
     * @param fileOffset where in the file the bytes of {@code start} are
     */
    record DeclaredBuffer(int place, long number, long start, long end, String file, long fileOffset) {}

    /** Asks for the heap layout as it is now. Answered by {@link Layout} or {@link Failed}. */
    record LayoutRead() implements Message {}

    /**
     * The spaces of the heap, by address.
     *
     * @param epoch collections begun before it was read
     * @param spaces at most 131,072
     */
    record Layout(long epoch, List<Space> spaces) implements Message {
        public Layout {
            spaces = List.copyOf(spaces);
        }
    }

    /**
     * A space or region.
     *
     * @param kind code of the trace's {@code SpaceKind}
     * @param bottom first address
     * @param top address behind the last object
     * @param end address behind the space
     */
    record Space(int kind, long bottom, long top, long end) {}
}
