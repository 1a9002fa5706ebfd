package dev.godwit.agent.it.programs;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Tasks of the JDK's executors. */
final class ExecutorChecks {
    private final boolean off;

    ExecutorChecks(boolean off) {
        this.off = off;
    }

    void run() throws Exception {
        ExecutorService hooked = new Hooked();
        try {
            if (off) {
                hooked.submit(() -> {}).get();
                check("switched off", Bridge.tasksBegun(), 0);
                return;
            }
            Bridge.await("a task is seen", () -> {
                hooked.submit(() -> {}).get();
                return Bridge.tasksBegun() > 0 && Bridge.tasksInProgress() == 0;
            });
            countedOnce(hooked);
            inProgressWhileItRuns(hooked);
            hooked.execute(() -> {
                Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> {});
                throw new IllegalStateException("as asked");
            });
            awaitInProgress(0);
            inProgressWhileItRuns(hooked);
        } finally {
            hooked.shutdown();
        }
        ForkJoinPool forkJoin = new ForkJoinPool(1);
        long before = Bridge.tasksBegun();
        Bridge.await("a task of a fork-join pool is seen", () -> {
            forkJoin.submit(() -> {}).get();
            return Bridge.tasksBegun() > before;
        });
        inProgressWhileItRuns(forkJoin);
        forkJoin.shutdown();
        busy();
    }

    private static void countedOnce(ExecutorService pool) throws Exception {
        // The class that overrides the hooks may be woven a moment later than the pool's own.
        Bridge.await("the hook that is overridden and the one that overrides it count once", () -> {
            long before = Bridge.tasksBegun();
            pool.submit(() -> {}).get();
            awaitInProgress(0);
            return Bridge.tasksBegun() == before + 1;
        });
    }

    private static void inProgressWhileItRuns(ExecutorService pool) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        pool.execute(() -> await(end));
        awaitInProgress(1);
        end.countDown();
        awaitInProgress(0);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The program is said to be busy while a task runs. */
    private static void busy() throws Exception {
        long before = Bridge.busySaid("executor tasks");
        ExecutorService pool = new Hooked();
        CountDownLatch end = new CountDownLatch(1);
        pool.execute(() -> await(end));
        Bridge.await("the program is said to be busy", () -> {
            Bridge.read();
            return Bridge.busySaid("executor tasks") > before;
        });
        end.countDown();
        pool.shutdown();
    }

    private static void awaitInProgress(long expected) throws Exception {
        Bridge.await(expected + " tasks in progress", () -> Bridge.tasksInProgress() == expected);
    }

    private static void check(String when, long found, long expected) {
        if (found != expected) {
            throw new AssertionError(when + ": " + found + ", expected " + expected);
        }
    }

    /** Overrides the hooks, and calls what it overrides, as one should. */
    private static final class Hooked extends ThreadPoolExecutor {
        Hooked() {
            super(1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>());
        }

        @Override
        protected void beforeExecute(Thread thread, Runnable task) {
            super.beforeExecute(thread, task);
        }

        @Override
        protected void afterExecute(Runnable task, Throwable failure) {
            super.afterExecute(task, failure);
        }
    }
}
