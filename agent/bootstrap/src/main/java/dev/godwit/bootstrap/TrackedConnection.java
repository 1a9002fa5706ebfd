package dev.godwit.bootstrap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;

/**
 * A database connection and whether a transaction is open on it. Keeps the connection neither alive nor from being
 * found by identity: drivers may define {@code equals} as they like.
 */
public final class TrackedConnection extends WeakReference<Object> {
    private static final VarHandle SECTION;

    static {
        try {
            SECTION = MethodHandles.lookup().findVarHandle(TrackedConnection.class, "section", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int hash;
    private volatile boolean autoCommit;
    private volatile boolean closed;

    /** True in a transaction that was begun by the text of a statement, on a connection that else commits by itself. */
    private volatile boolean begunByText;

    /** Slot of the open section, zero when no transaction is open. */
    private volatile int section;

    private volatile HintThread owner;

    TrackedConnection(Object connection, boolean autoCommit, ReferenceQueue<Object> collected) {
        super(connection, collected);
        this.hash = System.identityHashCode(connection);
        this.autoCommit = autoCommit;
    }

    boolean isOf(Object connection) {
        return refersTo(connection);
    }

    /** The same, unless it was closed: a pool may hand the object out again, and it is then got to know anew. */
    boolean isOpenFor(Object connection) {
        return refersTo(connection) && !closed;
    }

    void autoCommit(boolean on) {
        autoCommit = on;
        begunByText = false;
        if (on) {
            end();
        }
    }

    /**
     * A statement has run that says something about transactions.
     *
     * @param failed true if it failed, and so began nothing
     */
    void said(TransactionText text, boolean failed) {
        // No switch: its table would be one more class for the boot loader.
        if (text == TransactionText.BEGIN) {
            begunByText = begunByText || !failed;
        } else if (text != TransactionText.NONE) {
            boolean goesOn = begunByText && text == TransactionText.END_AND_CHAIN;
            end();
            begunByText = goesOn;
        }
    }

    /** What the connection itself says, which such a statement may change. */
    void refresh(boolean commitsByItself) {
        autoCommit = commitsByItself;
    }

    /** A statement runs: a transaction begins with it, unless each statement is one of its own or one is open. */
    void begin(HintThread thread) {
        if ((autoCommit && !begunByText) || section != 0) {
            return;
        }
        owner = thread;
        int opened = HintBridge.open(TransactionHints.NAME);
        // Opened before it is published, so that whoever ends it never closes what is not open yet.
        if (!SECTION.compareAndSet(this, 0, opened)) {
            HintBridge.close(opened);
        }
    }

    void end() {
        begunByText = false;
        int open = section;
        if (open != 0 && SECTION.compareAndSet(this, open, 0)) {
            HintBridge.close(open);
        }
    }

    void close() {
        closed = true;
        end();
    }

    /** True if a transaction is open whose thread has ended: nobody will commit it. */
    boolean isOrphaned() {
        HintThread known = owner;
        return section != 0 && known != null && !known.isAlive();
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }
}
