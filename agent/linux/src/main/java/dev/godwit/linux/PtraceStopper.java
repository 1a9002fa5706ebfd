package dev.godwit.linux;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Stops a process by ptrace on a thread of its own, as the kernel wants every call from the thread that traces. Ending
 * that thread lets the process go on.
 */
final class PtraceStopper implements ProcessPause.Stopper {
    private final ExecutorService tracer = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "godwit-ptrace");
        thread.setDaemon(true);
        return thread;
    });
    private final Ptrace ptrace;

    private PtraceStopper(long pid) {
        try {
            this.ptrace = call(() -> Ptrace.of(pid));
        } catch (RuntimeException failure) {
            tracer.shutdown();
            throw failure;
        }
    }

    /** Tries the first thread at once, so that a process which may not be traced is refused here. */
    static PtraceStopper of(long pid) {
        PtraceStopper stopper = new PtraceStopper(pid);
        try {
            stopper.stop(System.nanoTime() + 1_000_000_000L);
            stopper.proceed();
            return stopper;
        } catch (RuntimeException failure) {
            stopper.close();
            throw failure;
        }
    }

    @Override
    public void stop(long deadlineNanos) {
        call(() -> ptrace.stopAll(deadlineNanos - System.nanoTime()));
    }

    @Override
    public void proceed() {
        call(ptrace::resume);
    }

    @Override
    public void close() {
        try {
            call(() -> {
                ptrace.close();
                return null;
            });
        } catch (RejectedExecutionException closed) {
            return;
        }
        tracer.shutdown();
    }

    private <T> T call(java.util.concurrent.Callable<T> work) {
        boolean interrupted = false;
        try {
            var result = tracer.submit(work);
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException later) {
                    // The process must not be left half stopped: the answer is short in coming.
                    interrupted = true;
                } catch (ExecutionException failure) {
                    if (failure.getCause() instanceof RuntimeException known) {
                        throw known;
                    }
                    throw new StopException("tracing failed", failure.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
