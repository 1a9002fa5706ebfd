package dev.godwit.bootstrap;

import java.lang.ref.WeakReference;

/**
 * What instrumented libraries know of one thread: how deep it is in calls that belong together, so that a wrapper and
 * what it wraps are counted once. Held by the thread alone, so it needs no lock; refers to the thread, and through
 * {@link TrackedConnection} to a connection, weakly, so that it keeps neither alive.
 */
public final class HintThread {
    private static final ThreadLocal<HintThread> CURRENT = new ThreadLocal<>();

    private final WeakReference<Thread> thread = new WeakReference<>(Thread.currentThread());

    /** Statements under way on this thread, those that a wrapper hands down included. */
    int statements;

    /** Filters, servlets and handlers under way on this thread, one inside the other. */
    int requests;

    /** Slot of the section of the outermost of them. */
    int request;

    /** True while a task of an executor runs on this thread. */
    boolean inTask;

    /** The connection whose statement ran last, so that the next one need not look it up. */
    TrackedConnection last;

    /** What the outermost statement says about transactions, and on which connection; see {@link TransactionHints#leaveText}. */
    TransactionText text = TransactionText.NONE;

    TrackedConnection textOf;

    /** The innermost branch of a distributed transaction that the thread works in, or worked in. */
    XaBranch branch;

    final ConnectionProbe probe = new ConnectionProbe();

    private HintThread() {}

    /** That of the calling thread. */
    static HintThread current() {
        HintThread own = CURRENT.get();
        if (own == null) {
            own = new HintThread();
            CURRENT.set(own);
        }
        return own;
    }

    /** True until the thread has ended. */
    boolean isAlive() {
        Thread known = thread.get();
        return known != null && known.isAlive();
    }
}
