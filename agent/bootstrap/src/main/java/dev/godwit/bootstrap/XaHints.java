package dev.godwit.bootstrap;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where instrumented resources of distributed transactions ({@code XAResource}) report: each branch is a critical section
 * from its start until it is committed, rolled back or forgotten, the time in which it is prepared and in doubt included.
 *
 * <p>Known by what the transaction manager calls it, so that a wrapper and what it wraps count once, and that the resource
 * which commits may be another one than that which began. A branch of which nothing is heard for a minute after its
 * work has ended is given up: its manager may be gone, and it would be open for ever.
 */
public final class XaHints {
    /** Name of the sections. */
    public static final String NAME = "xa transaction";

    private static final int MOST_BRANCHES = 65_536;
    private static final long LOOK_PERIOD_NANOS = 1_000_000_000;
    private static final long LONG_NANOS = 60_000_000_000L;

    private static final ConcurrentHashMap<XaBranch.Key, XaBranch> BRANCHES = new ConcurrentHashMap<>();
    private static final ReferenceQueue<Object> COLLECTED = new ReferenceQueue<>();

    private static volatile long lookedAt;

    private XaHints() {}

    /** The calling thread begins to work in a branch, for the first time or again. */
    public static void start(HintThread thread, Object resource, int format, byte[] global, byte[] branch) {
        XaBranch.Key key = new XaBranch.Key(format, global, branch);
        XaBranch known = BRANCHES.get(key);
        if (known == null) {
            known = add(new XaBranch.Key(format, global.clone(), branch.clone()), resource);
        }
        if (known == null) {
            return;
        }
        known.begin(thread);
        if (!isIn(thread, known)) {
            known.outer = thread.branch;
            thread.branch = known;
        }
    }

    /** Null if there are too many. */
    private static synchronized XaBranch add(XaBranch.Key key, Object resource) {
        dropCollected();
        XaBranch known = BRANCHES.get(key);
        if (known != null || BRANCHES.mappingCount() >= MOST_BRANCHES) {
            return known;
        }
        XaBranch created = new XaBranch(key, resource, COLLECTED, HintBridge.open(NAME));
        BRANCHES.put(key, created);
        return created;
    }

    private static boolean isIn(HintThread thread, XaBranch branch) {
        for (XaBranch each = thread.branch; each != null; each = each.outer) {
            if (each == branch) {
                return true;
            }
        }
        return false;
    }

    /** The work in the branch has ended, or pauses. Or it is prepared. */
    public static void suspend(int format, byte[] global, byte[] branch) {
        XaBranch known = BRANCHES.get(new XaBranch.Key(format, global, branch));
        if (known != null) {
            known.suspend();
        }
    }

    /** The branch is committed, rolled back or forgotten, well or not. */
    public static void over(int format, byte[] global, byte[] branch) {
        XaBranch known = BRANCHES.remove(new XaBranch.Key(format, global, branch));
        if (known != null) {
            known.over();
        }
    }

    /** True while the thread works in a branch: what its connections do then is part of that, and no transaction of its own. */
    static boolean isInside(HintThread thread) {
        XaBranch branch = thread.branch;
        if (branch == null) {
            return false;
        }
        while (branch != null && !branch.isActive()) {
            branch = branch.outer;
        }
        thread.branch = branch;
        return branch != null;
    }

    /** Ends branches that nobody will end. Called at each reading, by one thread. */
    static void endForgotten(long nowNanos) {
        dropCollected();
        if (nowNanos - lookedAt < LOOK_PERIOD_NANOS) {
            return;
        }
        lookedAt = nowNanos;
        giveUpForgotten(nowNanos);
    }

    /** Those whose thread has ended, and those of which nothing has been heard for long. */
    static void giveUpForgotten(long nowNanos) {
        for (XaBranch each : BRANCHES.values()) {
            if (each.isForgotten(nowNanos, LONG_NANOS)) {
                giveUp(each);
            }
        }
    }

    /** Whoever works in a branch holds its resource: without it, nobody does. What is prepared outlives it. */
    private static void dropCollected() {
        for (Reference<?> each = COLLECTED.poll(); each != null; each = COLLECTED.poll()) {
            XaBranch branch = (XaBranch) each;
            if (branch.isActive()) {
                giveUp(branch);
            }
        }
    }

    private static void giveUp(XaBranch branch) {
        BRANCHES.remove(branch.key, branch);
        branch.over();
    }
}
