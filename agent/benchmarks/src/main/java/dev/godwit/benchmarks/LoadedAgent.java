package dev.godwit.benchmarks;

import java.lang.reflect.Method;
import java.util.concurrent.TimeUnit;

/** The agent in this JVM, which weaves what it recognises a while after the start. */
final class LoadedAgent {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private LoadedAgent() {}

    /** What the agent recognises. */
    interface Recognised {
        void run() throws Exception;
    }

    /**
     * Does something again and again until the agent has seen so many names of hints in it: before, it is not woven.
     *
     * @throws IllegalStateException if that does not happen, with what to do
     */
    static void awaitNames(int names, Recognised work) throws Exception {
        long until = System.nanoTime() + LIMIT_NANOS;
        for (int seen = namesSeen(); seen < names; seen = namesSeen()) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("the agent sees hints of " + seen + " names instead of " + names
                        + "; status: " + System.getProperty("godwit.agent.status")
                        + "; build first, and run from the top");
            }
            work.run();
            Thread.sleep(20);
        }
    }

    private static int namesSeen() {
        try {
            Method count =
                    Class.forName("dev.godwit.bootstrap.HintBridge", true, null).getMethod("count");
            return (int) count.invoke(null);
        } catch (ReflectiveOperationException e) {
            return 0;
        }
    }
}
