package dev.godwit.hint;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * What an application may tell the hypervisor about the moments at which it would like to be migrated, or not.
 *
 * <p>Every method returns at once, never throws (a null argument is taken as an empty one) and does nothing when the
 * Godwit agent is not loaded. The package description is the contract.
 */
@SuppressWarnings("unused") // The parameters of the private methods are read by what the agent puts in.
public final class MigrationHints {

    private MigrationHints() {}

    /**
     * Opens a section in which a pause of the whole virtual machine would hurt. To be closed exactly once, best by
     * try-with-resources:
     *
     * <pre>{@code
     * try (CriticalSection section = MigrationHints.critical("settlement")) {
     *     settle();
     * }
     * }</pre>
     *
     * @param name what the section does, a constant rather than a built string: only a bounded number of names is kept
     * @return the open section; allocates nothing
     */
    public static CriticalSection critical(String name) {
        return CriticalSection.at(opened(name));
    }

    /**
     * Says that a pause right now would not hurt: the work just done is complete, the next has not begun.
     *
     * @param name what has been reached
     */
    public static void safePoint(String name) {
        reached(name);
    }

    /**
     * Says that little will happen for a while from now, so that this is a good time to begin a migration.
     *
     * @param name why it is quiet
     * @param expected how long it is expected to last; replaces what was expected under this name before, and zero says that it
     *     is over. Negative or null says nothing
     */
    public static void quiet(String name, Duration expected) {
        if (expected != null && !expected.isNegative()) {
            resting(name, nanos(expected));
        }
    }

    /**
     * Says that much will happen for a while from now, so that a migration had better begin later.
     *
     * @param name what is going on
     * @param expected as with {@link #quiet}
     */
    public static void busy(String name, Duration expected) {
        if (expected != null && !expected.isNegative()) {
            working(name, nanos(expected));
        }
    }

    /**
     * Says that the content of a direct buffer, from its position to its limit, need not survive a migration: a cache, scratch
     * space. After one each page of it holds what it held, or zeros.
     *
     * @param buffer direct or mapped; of a heap buffer, which the collector moves, and of null nothing is said
     * @return to be closed when the content matters again
     */
    public static MemoryHint discardable(ByteBuffer buffer) {
        return DeclaredMemory.declare(buffer, null, 0);
    }

    /**
     * Says that a file on storage which the destination can reach holds the same bytes as a direct buffer, from its position to
     * its limit: so that the destination may read them there instead of having them sent. Neither may change until the hint is
     * closed.
     *
     * @param buffer as with {@link #discardable}
     * @param file holds the bytes
     * @param offset where in the file the first of them is
     * @return to be closed before the buffer or the file changes
     */
    public static MemoryHint refetchable(ByteBuffer buffer, Path file, long offset) {
        return file == null
                ? MemoryHint.NONE
                : DeclaredMemory.declare(buffer, file.toAbsolutePath().toString(), offset);
    }

    /**
     * Has a listener told of migrations from now on. It is held weakly: whoever adds it must keep it. Adding it again does
     * nothing.
     *
     * @param listener null is ignored
     */
    public static void addListener(MigrationListener listener) {
        if (listener != null) {
            Listeners.add(listener);
        }
    }

    /** Has a listener told no more; a call that has begun is not waited for. */
    public static void removeListener(MigrationListener listener) {
        Listeners.remove(listener);
    }

    private static long nanos(Duration duration) {
        return duration.toSeconds() >= Long.MAX_VALUE / 1_000_000_000L ? Long.MAX_VALUE : duration.toNanos();
    }

    /*
     * The agent puts its code into the methods below and into CriticalSection.closed, by their names: they are
     * as much a part of what the agent relies on as the public ones are for applications.
     */

    /** Number of the name's slot with the agent, zero without. */
    private static int opened(String name) {
        return 0;
    }

    private static void reached(String name) {}

    private static void resting(String name, long expectedNanos) {}

    private static void working(String name, long expectedNanos) {}

    /** Number of what is declared with the agent, zero without. The file is null for what can be discarded. */
    static int declared(ByteBuffer buffer, String file, long fileOffset) {
        return 0;
    }

    static void withdrawn(int number) {}

    static void listening(Supplier<IntConsumer[]> source) {}

    /** Called by an agent that was attached after this class was loaded. */
    private static void announce() {
        Listeners.announce();
        DeclaredMemory.announce();
    }
}
