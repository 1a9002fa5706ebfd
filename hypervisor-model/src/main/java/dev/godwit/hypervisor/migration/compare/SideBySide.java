package dev.godwit.hypervisor.migration.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Computes independent results on several threads. Each has its own clock and its own chance, so that how many run at a
 * time changes nothing but how long they take.
 */
final class SideBySide {
    /**
     * Memory that one migration takes for each page of its guest: P2M entries, frames and their owners of two hosts, what
     * the checker remembers, bitmaps; rounded up.
     */
    private static final long BYTES_PER_PAGE = 64;

    private SideBySide() {}

    /** How many migrations of guests of so many pages fit into half of this JVM's memory, at most one per processor. */
    static int threads(long pages) {
        Runtime runtime = Runtime.getRuntime();
        long fit = runtime.maxMemory() / 2 / Math.max(1, pages * BYTES_PER_PAGE);
        return (int) Math.max(1, Math.min(fit, runtime.availableProcessors()));
    }

    /**
     * Applies a function to each element, and returns the results in the order of the elements.
     *
     * @throws RuntimeException what the function threw, of the first element for which it did
     */
    static <T, R> List<R> map(List<T> elements, int threads, Function<T, R> function) {
        ExecutorService pool = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "godwit-compare");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<R>> futures = elements.stream()
                    .map(element -> pool.submit(() -> function.apply(element)))
                    .toList();
            List<R> results = new ArrayList<>();
            for (Future<R> future : futures) {
                results.add(get(future));
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }

    private static <R> R get(Future<R> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while computing", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
