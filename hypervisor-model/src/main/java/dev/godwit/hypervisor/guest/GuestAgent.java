package dev.godwit.hypervisor.guest;

import dev.godwit.trace.DeclaredMemory;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.JvmSignals;
import java.util.List;
import java.util.Optional;

/**
 * What a hypervisor can ask the agent inside a guest, and must tell it.
 *
 * <p>Between {@link #prepare} and {@link #done} or {@link #aborted} the application may be held: whoever calls the first
 * must call one of the others on every way out.
 */
public interface GuestAgent {

    /** Pages of the guest that the layout speaks about. */
    GuestFrames frames();

    /**
     * The heap as it is now; empty if the JVM does not export it. Its {@link HeapLayout#epoch()} may be older than
     * {@link #epoch()}: then it proves nothing.
     */
    Optional<HeapLayout> readLayout();

    /** Collections that the JVM has completed. */
    long epoch();

    /**
     * What the JVM and the application tell now about whether it is a good moment; empty if they cannot be asked. Asking costs
     * nothing in a replay and up to a millisecond of a live agent.
     */
    default Optional<JvmSignals> signals() {
        return Optional.empty();
    }

    /**
     * What the application says of its buffers now, nothing withdrawn among it. Empty where it cannot be read at the pause
     * itself: what may have been withdrawn since proves nothing.
     */
    default List<DeclaredMemory> declared() {
        return List.of();
    }

    /** True if {@link #prepare} would collect. */
    boolean canCollect();

    /** Why {@link #canCollect} says no, for people; half a line. */
    default String whyNoCollection() {
        return "the trace has none with a layout after it";
    }

    /** What a young collection would leave alive, as the last one did, in bytes. */
    long predictedSurvivorBytes();

    /** How long a young collection will stop the application, as those did that were measured; 0 if that is not known. */
    default long expectedCollectionNanos() {
        return 0;
    }

    /**
     * What the JVM is doing; while the application is held, what it was doing when it was stopped. Empty if the agent cannot
     * say.
     */
    default Optional<GuestMoment> moment() {
        return Optional.empty();
    }

    /**
     * Asks for a young collection, after which the application is held until {@link #done} or {@link #aborted}.
     *
     * @return false if there is none to be had; the application then runs on
     */
    boolean prepare();

    /** True when the collection is over and the application is held. */
    boolean isPrepared();

    /** Waits until {@link #isPrepared}. */
    void awaitPrepared();

    /** How long the last collection that was asked for stopped the application; 0 if there was none. */
    long lastCollectionNanos();

    /** The migration is over and the guest runs at the destination. */
    void done();

    /** The migration, or this attempt to switch over, is off: the guest runs on where it was. */
    void aborted();
}
