package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.sim.ProcessorTime;

/** Counts what this process has had of the processors but for the threads that migrate: most of it is its JIT compilers'. */
final class OtherThreads {
    private final long fromNanos = nanos();

    /** Processor time since this was made, by the same thread; to the kernel's tick of 10 ms. */
    long nanosSince() {
        return Math.max(0, nanos() - fromNanos);
    }

    private static long nanos() {
        long pid = ProcessHandle.current().pid();
        return ProcessorTime.ofProcessNanos(pid)
                - ProcessorTime.ofThisThreadNanos()
                - ProcessorTime.ofThreadsNanos(pid, ReturnedPages.THREAD_NAME);
    }
}
