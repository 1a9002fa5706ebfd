package dev.godwit.bootstrap;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The section of a request that goes on when its filters and servlets have returned. Whatever the container says to the
 * listener ends it: that the request is complete, has failed or timed out, or goes on once more, when whoever makes it
 * do so has a section of its own.
 */
final class AsyncRequest extends WeakReference<Object> {
    private final int section;
    private final long sinceNanos;
    private final AtomicBoolean over = new AtomicBoolean();

    private AsyncRequest(Listener listener, ReferenceQueue<Object> collected, int section, long sinceNanos) {
        super(listener, collected);
        this.section = section;
        this.sinceNanos = sinceNanos;
    }

    /** Ends the section, once. */
    void end() {
        if (over.compareAndSet(false, true)) {
            HintBridge.close(section);
        }
    }

    boolean isOlderThan(long nanos, long nowNanos) {
        return nowNanos - sinceNanos > nanos;
    }

    /** What stands behind an {@code AsyncListener} of either name space. The container alone holds it: gone, the request is over. */
    static final class Listener implements InvocationHandler {
        final AsyncRequest request;

        Listener(ReferenceQueue<Object> collected, int section, long sinceNanos) {
            request = new AsyncRequest(this, collected, section, sinceNanos);
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            return switch (method.getName()) {
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                case "toString" -> RequestHints.SERVLET;
                default -> {
                    RequestHints.over(request);
                    yield null;
                }
            };
        }
    }
}
