package dev.godwit.bootstrap;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where instrumented web servers report: a request is a critical section while a thread works on it, from the outermost
 * filter, servlet or handler until that returns. A request of a servlet container that goes on asynchronously stays one
 * until the container says that it is over, if that is wanted; but for ten seconds at the most, since what takes longer
 * waits for an event (long polling, streams of them), and that is no work that a pause would hurt.
 */
public final class RequestHints {
    /** Name of the sections of servlet containers. */
    public static final String SERVLET = "servlet request";

    /** Name of the sections of the JDK's own server. */
    public static final String HTTP_SERVER = "http exchange";

    /** Most asynchronous requests known at a time; of more, only what filters and servlets do is seen. */
    private static final int MOST_ASYNC = 65_536;

    private static final long LOOK_PERIOD_NANOS = 100_000_000;
    private static final long LONG_NANOS = 10_000_000_000L;

    private static final Set<AsyncRequest> ASYNC = ConcurrentHashMap.newKeySet();
    private static final ReferenceQueue<Object> COLLECTED = new ReferenceQueue<>();

    private static volatile boolean asyncFollowed;
    private static volatile long lookedAt;

    private RequestHints() {}

    /** Follows requests that go on asynchronously from now on. */
    public static void followAsync() {
        asyncFollowed = true;
    }

    /** A filter or servlet begins; {@link #leaveServlet} must follow with what this returns. */
    public static HintThread enterServlet() {
        return enter(SERVLET);
    }

    /** A filter or handler of the JDK's server begins; {@link #leave} must follow with what this returns. */
    public static HintThread enterExchange() {
        return enter(HTTP_SERVER);
    }

    private static HintThread enter(String name) {
        HintThread thread = HintThread.current();
        if (thread.requests == 0) {
            thread.request = HintBridge.open(name);
        }
        thread.requests++;
        return thread;
    }

    /** It has returned, well or not. */
    public static void leave(HintThread thread) {
        thread.requests--;
        if (thread.requests == 0) {
            HintBridge.close(thread.request);
        }
    }

    /**
     * It has returned, well or not. Containers recycle a request behind that, and never before.
     *
     * @param request a {@code ServletRequest} of either name space
     */
    public static void leaveServlet(HintThread thread, Object request) {
        thread.requests--;
        if (thread.requests == 0 && !(asyncFollowed && goesOn(request, thread.request))) {
            HintBridge.close(thread.request);
        }
    }

    /** True if the request goes on, and the section with it. */
    private static boolean goesOn(Object request, int section) {
        if (request == null) {
            return false;
        }
        AsyncRequest.Listener listener = null;
        try {
            ServletApi api = ServletApi.of(request.getClass());
            if (!api.isAsyncStarted(request) || ASYNC.size() >= MOST_ASYNC) {
                return false;
            }
            listener = new AsyncRequest.Listener(COLLECTED, section, System.nanoTime());
            ASYNC.add(listener.request);
            api.listen(request, listener);
            return true;
        } catch (Throwable e) { // Over meanwhile, or a container with ideas of its own.
            if (listener != null) {
                over(listener.request);
                return true; // Closed, once, by whoever came first.
            }
            return false;
        }
    }

    /** An asynchronous request is over, or need not be waited for. */
    static void over(AsyncRequest request) {
        ASYNC.remove(request);
        request.end();
    }

    /** Ends asynchronous requests of which a container will not say so, and those that take long. Called by one thread. */
    static void endForgotten(long nowNanos) {
        for (Reference<?> each = COLLECTED.poll(); each != null; each = COLLECTED.poll()) {
            over((AsyncRequest) each);
        }
        if (nowNanos - lookedAt < LOOK_PERIOD_NANOS) {
            return;
        }
        lookedAt = nowNanos;
        endLong(nowNanos);
    }

    static void endLong(long nowNanos) {
        for (AsyncRequest each : ASYNC) {
            if (each.isOlderThan(LONG_NANOS, nowNanos)) {
                over(each);
            }
        }
    }
}
