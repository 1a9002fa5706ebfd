package dev.godwit.hypervisor.cli.rehearse;

import dev.godwit.hypervisor.sim.ProcessorTime;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a program uses of the processors from when this is opened: the agent's own threads in it, which are busy while it is
 * recorded and not afterwards, left out. They are looked at again and again, for what ended has no time any more.
 */
final class ProcessorUse implements AutoCloseable {
    private static final String AGENT_THREADS = "godwit-agent";
    private static final long LOOK_MILLIS = 200;

    private final long pid;
    private final long fromNanos = System.nanoTime();
    private final long programFromNanos;
    private final Thread thread = new Thread(this::look, "godwit-processor-use");
    private final Map<Integer, Watched> threads = new HashMap<>();
    private long agentLastNanos;
    private long agentNanos;
    private volatile boolean closed;

    private ProcessorUse(long pid) {
        this.pid = pid;
        programFromNanos = ProcessorTime.ofProcessNanos(pid);
        agentLastNanos = ProcessorTime.ofThreadsNanos(pid, AGENT_THREADS);
        lookAtThreads();
    }

    static ProcessorUse of(long pid) {
        ProcessorUse use = new ProcessorUse(pid);
        use.thread.setDaemon(true);
        use.thread.start();
        return use;
    }

    private void look() {
        try {
            while (!closed) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                lookOnce();
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void lookOnce() {
        long now = ProcessorTime.ofThreadsNanos(pid, AGENT_THREADS);
        agentNanos += Math.max(0, now - agentLastNanos);
        agentLastNanos = now;
        lookAtThreads();
    }

    private void lookAtThreads() {
        long now = System.nanoTime();
        for (ProcessorTime.ThreadTime thread : ProcessorTime.ofThreads(pid, name -> !name.startsWith(AGENT_THREADS))) {
            threads.merge(thread.id(), new Watched(now, thread, now, thread), Watched::until);
        }
    }

    /** A thread from when it was first seen to when it was seen last. */
    private record Watched(
            long fromNanos, ProcessorTime.ThreadTime from, long untilNanos, ProcessorTime.ThreadTime until) {
        Watched until(Watched later) {
            return new Watched(fromNanos, from, later.untilNanos, later.until);
        }

        /** What it would have used while it was seen, had it never had to wait: the times in which it wanted none stay as they are. */
        double wantedNanos() {
            long seenNanos = untilNanos - fromNanos;
            long ranNanos = until.nanos() - from.nanos();
            long notWaitedNanos = seenNanos - (until.waitedNanos() - from.waitedNanos());
            return ranNanos <= 0 ? 0 : seenNanos * Math.min(1, (double) ranNanos / Math.max(ranNanos, notWaitedNanos));
        }
    }

    /** Processors in use on the average until now: 0.3 is 300 ms of each second. */
    double processors() {
        lookOnce();
        long nanos = Math.max(1, System.nanoTime() - fromNanos);
        long program = ProcessorTime.ofProcessNanos(pid) - programFromNanos;
        synchronized (this) {
            return Math.max(0, (double) (program - agentNanos) / nanos);
        }
    }

    /** Processors that it would have used on the average if its threads had not had to wait for them; 0 if the kernel does not say. */
    double wantedProcessors() {
        lookOnce();
        long nanos = Math.max(1, System.nanoTime() - fromNanos);
        synchronized (this) {
            return threads.values().stream().mapToDouble(Watched::wantedNanos).sum() / nanos;
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
