package dev.godwit.hypervisor.cli.rehearse;

import dev.godwit.hypervisor.sim.ProcessorTime;
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
    private long agentLastNanos;
    private long agentNanos;
    private volatile boolean closed;

    private ProcessorUse(long pid) {
        this.pid = pid;
        programFromNanos = ProcessorTime.ofProcessNanos(pid);
        agentLastNanos = ProcessorTime.ofThreadsNanos(pid, AGENT_THREADS);
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

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
