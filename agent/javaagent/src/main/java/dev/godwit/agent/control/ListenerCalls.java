package dev.godwit.agent.control;

import dev.godwit.bootstrap.ListenerSources;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Calls the listeners of the application, one after the other, on a daemon thread that is there only while there is something to
 * call. A listener that does not return in time keeps that thread; the others are called by the next.
 */
final class ListenerCalls {
    /** How long all listeners together are waited for. */
    static final long DEADLINE_NANOS = 100_000_000;

    private final Queue<Call> calls = new ArrayDeque<>();
    private final Set<IntConsumer> stuck = Collections.newSetFromMap(new IdentityHashMap<>());
    private final long deadlineNanos;
    private Caller caller;

    ListenerCalls() {
        this(DEADLINE_NANOS);
    }

    ListenerCalls(long deadlineNanos) {
        this.deadlineNanos = deadlineNanos;
    }

    private record Call(IntConsumer listener, int code) {}

    /** Tells all listeners, and returns when they have returned, or the deadline has passed. */
    void tell(MigrationEvent event) {
        switch (event) {
            case PREPARING -> tell(ListenerSources.PREPARING);
            case RESUMED -> tell(ListenerSources.RESUMED);
            case ABORTED -> tell(ListenerSources.ABORTED);
            case PAUSED, DONE -> {
                // Told by the others.
            }
        }
    }

    private void tell(int code) {
        List<IntConsumer> listeners = ListenerSources.listeners();
        if (listeners.isEmpty()) {
            return;
        }
        if (code == ListenerSources.PREPARING) {
            Collections.reverse(listeners);
        }
        synchronized (this) {
            listeners.forEach(listener -> calls.add(new Call(listener, code)));
            if (caller == null) {
                startCaller();
            }
            awaitCaller();
            // One that has not begun, on a busy machine, will; it is not stuck in a listener.
            if (caller != null && caller.calling != null) {
                stuck.add(caller.calling);
                caller = null;
                if (!calls.isEmpty()) {
                    startCaller();
                }
            }
        }
    }

    private void awaitCaller() {
        long deadline = System.nanoTime() + deadlineNanos;
        try {
            for (long left = deadlineNanos; caller != null && left > 0; left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void startCaller() {
        caller = new Caller();
        Thread thread = new Thread(null, caller, "godwit-agent-listeners", 0, false);
        thread.setDaemon(true);
        thread.start();
    }

    /** The next call of a caller; null when there is none, or it has been given up. */
    private synchronized Call next(Caller asking) {
        stuck.remove(asking.calling);
        if (caller != asking) {
            return null;
        }
        Call next = calls.poll();
        while (next != null && stuck.contains(next.listener)) {
            next = calls.poll();
        }
        if (next == null) {
            caller = null;
            notifyAll();
        } else {
            asking.calling = next.listener;
        }
        return next;
    }

    private final class Caller implements Runnable {
        private IntConsumer calling;

        @Override
        public void run() {
            for (Call call = next(this); call != null; call = next(this)) {
                try {
                    Thread.currentThread()
                            .setContextClassLoader(call.listener.getClass().getClassLoader());
                    call.listener.accept(call.code);
                } catch (Throwable e) {
                    // It is the application's, and none of ours.
                }
            }
        }
    }
}
