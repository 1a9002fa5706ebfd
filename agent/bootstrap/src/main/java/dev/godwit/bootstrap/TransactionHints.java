package dev.godwit.bootstrap;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where instrumented JDBC drivers report: a transaction is a critical section from its first statement to its commit or
 * rollback, whether these are calls or the text of statements.
 *
 * <p>A wrapper and the driver below it both report. A transaction begins at the outermost statement of a thread's nested
 * calls only, on the connection that this statement says it belongs to; it ends on whatever connection says so. Knows
 * connections as mere objects: JDBC is not visible from the boot class loader.
 */
public final class TransactionHints {
    /** Name of the sections. */
    public static final String NAME = "jdbc transaction";

    /** Most connections known at a time; transactions on more are not seen. */
    private static final int MOST_CONNECTIONS = 65_536;

    private static final long ORPHAN_PERIOD_NANOS = 1_000_000_000;

    private static final ConcurrentHashMap<Object, TrackedConnection> CONNECTIONS = new ConcurrentHashMap<>();
    private static final ReferenceQueue<Object> COLLECTED = new ReferenceQueue<>();

    private static volatile long orphansLookedForAt;

    private TransactionHints() {}

    /** The calling thread, at the beginning of a statement. */
    public static HintThread thread() {
        return HintThread.current();
    }

    /** True unless the statement is run by another one on this thread, or is part of a distributed transaction. */
    public static boolean isOutermost(HintThread thread) {
        return thread.statements == 0 && !XaHints.isInside(thread);
    }

    /**
     * What is known of a connection.
     *
     * @return null if it has not been seen yet: then {@link #track} it, unless it commits by itself
     */
    public static TrackedConnection tracked(HintThread thread, Object connection) {
        TrackedConnection last = thread.last;
        if (last != null && last.isOpenFor(connection)) {
            return last;
        }
        ConnectionProbe probe = thread.probe;
        probe.aim(connection);
        TrackedConnection found = CONNECTIONS.get(probe);
        probe.clear();
        if (found != null) {
            thread.last = found;
        }
        return found;
    }

    /** True if a transaction may begin on the connection with the statement, or behind it. */
    public static boolean isWorthKnowing(boolean autoCommit, String sql) {
        return !autoCommit || TransactionText.of(sql) != TransactionText.NONE;
    }

    /** Gets to know a connection; null if there are too many. The lock is for two threads that meet the same one. */
    public static synchronized TrackedConnection track(HintThread thread, Object connection, boolean autoCommit) {
        dropCollected();
        TrackedConnection known = tracked(thread, connection);
        if (known != null || CONNECTIONS.mappingCount() >= MOST_CONNECTIONS) {
            return known;
        }
        TrackedConnection created = new TrackedConnection(connection, autoCommit, COLLECTED);
        CONNECTIONS.put(created, created);
        thread.last = created;
        return created;
    }

    /** A transaction begins on the connection, unless it commits by itself or one is open. */
    public static void begin(HintThread thread, TrackedConnection connection) {
        if (connection != null) {
            connection.begin(thread);
        }
    }

    /** The same for a statement whose text is known, which may say that a transaction begins or ends behind it. */
    public static void begin(HintThread thread, TrackedConnection connection, String sql) {
        if (connection == null) {
            return;
        }
        TransactionText text = TransactionText.of(sql);
        if (text == TransactionText.NONE) {
            connection.begin(thread);
        } else {
            thread.text = text;
            thread.textOf = connection;
        }
    }

    /** The statement begins; {@link #leave} must follow. */
    public static void enter(HintThread thread) {
        thread.statements++;
    }

    /** The statement has ended, well or not. */
    public static void leave(HintThread thread) {
        thread.statements--;
    }

    /**
     * A statement whose text is known has ended.
     *
     * @param failed true if it failed
     * @return the connection, if the text said that a transaction begins or ends; whether it commits by itself may be
     *     different now: {@link #refresh} it
     */
    public static TrackedConnection leaveText(HintThread thread, boolean failed) {
        thread.statements--;
        TrackedConnection of = thread.textOf;
        if (of == null || thread.statements > 0) {
            return null;
        }
        of.said(thread.text, failed);
        thread.text = TransactionText.NONE;
        thread.textOf = null;
        return of;
    }

    /** What a connection says of itself, behind a statement that may have changed it. */
    public static void refresh(TrackedConnection connection, boolean autoCommit) {
        connection.refresh(autoCommit);
    }

    /** The connection was told to commit by itself, or not to. */
    public static void autoCommit(Object connection, boolean on) {
        HintThread thread = HintThread.current();
        TrackedConnection tracked = tracked(thread, connection);
        if (tracked != null) {
            tracked.autoCommit(on);
        } else if (!on) {
            // One that commits by itself need not be known before its first statement. Pools tell a connection to do so
            // inside its close, behind which nobody would make us forget it.
            track(thread, connection, false);
        }
    }

    /** The transaction on the connection has ended, committed or not. */
    public static void end(Object connection) {
        TrackedConnection tracked = tracked(HintThread.current(), connection);
        if (tracked != null) {
            tracked.end();
        }
    }

    /** The connection is closed. */
    public static void close(Object connection) {
        HintThread thread = HintThread.current();
        TrackedConnection tracked = tracked(thread, connection);
        if (tracked != null) {
            thread.last = null;
            CONNECTIONS.remove(tracked);
            tracked.close();
        }
    }

    /**
     * Ends transactions that nobody will end: of connections that were collected, now and then those of threads that
     * have ended. Called at each reading, by one thread.
     */
    static void endForgotten(long nowNanos) {
        dropCollected();
        if (nowNanos - orphansLookedForAt < ORPHAN_PERIOD_NANOS) {
            return;
        }
        orphansLookedForAt = nowNanos;
        for (TrackedConnection each : CONNECTIONS.values()) {
            if (each.isOrphaned()) {
                each.end();
            }
        }
    }

    private static void dropCollected() {
        for (Reference<?> each = COLLECTED.poll(); each != null; each = COLLECTED.poll()) {
            TrackedConnection tracked = (TrackedConnection) each;
            CONNECTIONS.remove(tracked);
            tracked.end();
        }
    }
}
