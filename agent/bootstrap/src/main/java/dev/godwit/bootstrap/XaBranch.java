package dev.godwit.bootstrap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Arrays;

/** A branch of a distributed transaction, and whether a thread is at work in it. Does not keep its resource alive. */
final class XaBranch extends WeakReference<Object> {
    private static final VarHandle SECTION;

    static {
        try {
            SECTION = MethodHandles.lookup().findVarHandle(XaBranch.class, "section", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Key key;

    /** The branch that the thread was in before, for {@link XaHints#isInside}; used by that thread alone. */
    XaBranch outer;

    private volatile HintThread owner;
    private volatile boolean active;
    private volatile long heardOfAt;

    /** Slot of the open section, zero once the branch is over. */
    private volatile int section;

    /** What a transaction manager calls a branch. */
    static final class Key {
        private final int format;
        private final byte[] global;
        private final byte[] branch;

        /** The arrays are kept. */
        Key(int format, byte[] global, byte[] branch) {
            this.format = format;
            this.global = global;
            this.branch = branch;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key
                    && key.format == format
                    && Arrays.equals(key.global, global)
                    && Arrays.equals(key.branch, branch);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * format + Arrays.hashCode(global)) + Arrays.hashCode(branch);
        }
    }

    XaBranch(Key key, Object resource, ReferenceQueue<Object> collected, int section) {
        super(resource, collected);
        this.key = key;
        this.section = section;
    }

    /** A thread is at work in it from now on. */
    void begin(HintThread thread) {
        owner = thread;
        heardOfAt = System.nanoTime();
        active = true;
    }

    /** Nobody is; it is still to be committed or rolled back. */
    void suspend() {
        heardOfAt = System.nanoTime();
        active = false;
    }

    /** It is committed, rolled back, or forgotten. */
    void over() {
        active = false;
        int open = section;
        if (open != 0 && SECTION.compareAndSet(this, open, 0)) {
            HintBridge.close(open);
        }
    }

    boolean isActive() {
        return active;
    }

    /** True if its thread has ended at work in it, or nothing has been heard of it for long. */
    boolean isForgotten(long nowNanos, long longNanos) {
        HintThread thread = owner;
        return active ? thread != null && !thread.isAlive() : nowNanos - heardOfAt > longNanos;
    }
}
