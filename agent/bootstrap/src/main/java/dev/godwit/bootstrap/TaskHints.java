package dev.godwit.bootstrap;

import java.util.concurrent.atomic.LongAdder;

/**
 * Where instrumented executors report. A task is no critical section: a program with a pool at work all day would be
 * critical all day, and nothing says that a pause hurts it. Instead, while tasks are in progress, the program is said to
 * be busy for the next second. A task that runs for long, such as an event loop, is no work in progress any more: when
 * no task has begun for ten seconds, nothing is said.
 */
public final class TaskHints {
    /** Name of the hint. */
    public static final String NAME = "executor tasks";

    private static final long SAID_FOR_NANOS = 1_000_000_000;
    private static final long LONG_NANOS = 10_000_000_000L;

    /** Adders, not counters: the threads of a pool would fight for one cache line at each task. */
    private static final LongAdder BEGUN = new LongAdder();

    private static final LongAdder ENDED = new LongAdder();

    private static volatile long saidAt;
    private static volatile long begunSeen;
    private static volatile long begunSeenAt;

    private TaskHints() {}

    /** The calling thread begins a task, unless it is in one already: hooks call the hooks that they override. */
    public static void begin() {
        HintThread thread = HintThread.current();
        if (!thread.inTask) {
            thread.inTask = true;
            BEGUN.increment();
        }
    }

    /** The calling thread has ended its task. */
    public static void end() {
        HintThread thread = HintThread.current();
        if (thread.inTask) {
            thread.inTask = false;
            ENDED.increment();
        }
    }

    /** How many tasks were begun so far. */
    public static long begun() {
        return BEGUN.sum();
    }

    /** How many tasks are in progress. */
    public static long inProgress() {
        // Ended before begun, so that one that begins meanwhile cannot make it negative.
        long ended = ENDED.sum();
        return BEGUN.sum() - ended;
    }

    /** Says that the program is busy, if it is. Called at each reading, by one thread. */
    static void say(long nowNanos) {
        long begun = begun();
        if (begun != begunSeen) {
            begunSeen = begun;
            begunSeenAt = nowNanos;
        }
        if (begun == 0 || nowNanos - begunSeenAt > LONG_NANOS || nowNanos - saidAt < SAID_FOR_NANOS) {
            return;
        }
        if (inProgress() > 0) {
            saidAt = nowNanos;
            HintBridge.busy(NAME, SAID_FOR_NANOS);
        }
    }
}
