package dev.godwit.agent.heap;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * When the agent forced collections, from whichever of its threads, so that a recording can tell them from the JVM's own.
 * Thread-safe; times are those of {@code System.nanoTime}.
 */
public final class CollectionRequests {
    /** The management beans tell the time of a collection in whole milliseconds. */
    private static final long SLACK_NANOS = 2_000_000;

    private static final int MOST_KEPT = 64;

    private final Deque<long[]> requests = new ArrayDeque<>();

    /** Has a collection made by the action, which returns when it is over. */
    public void during(Runnable collection) {
        long[] request = {System.nanoTime() - SLACK_NANOS, Long.MAX_VALUE};
        synchronized (this) {
            requests.addLast(request);
            if (requests.size() > MOST_KEPT) {
                requests.removeFirst();
            }
        }
        try {
            collection.run();
        } finally {
            synchronized (this) {
                request[1] = System.nanoTime();
            }
        }
    }

    /** True if a young collection that began then was asked for. */
    public synchronized boolean covers(long beganNanos) {
        return requests.stream().anyMatch(request -> beganNanos - request[0] >= 0 && beganNanos <= request[1]);
    }
}
