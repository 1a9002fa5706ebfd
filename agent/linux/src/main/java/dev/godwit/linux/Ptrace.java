package dev.godwit.linux;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Stops the threads of another process one by one and all of them, and lets it execute system calls, by
 * {@code ptrace(2)} with {@code PTRACE_SEIZE}; x86-64 only. Numbers are those of {@code linux/ptrace.h}.
 *
 * <p>The kernel ties a traced thread to the thread that traces it: all methods must be called by the thread that made
 * the object. When that thread or its process ends, even by {@code kill -9}, the kernel lets every stopped thread run.
 *
 * <p>Must not be used for a child of the own process: the JDK waits for children and would take a stop for the end.
 */
public final class Ptrace implements AutoCloseable {
    private static final long SYS_PTRACE = 101;
    private static final long SYS_TGKILL = 234;
    private static final long PTRACE_CONT = 7;
    private static final long PTRACE_SINGLESTEP = 9;
    private static final long PTRACE_GETREGS = 12;
    private static final long PTRACE_SETREGS = 13;
    private static final long PTRACE_DETACH = 17;
    private static final long PTRACE_SEIZE = 0x4206;
    private static final long PTRACE_INTERRUPT = 0x4207;
    private static final long PTRACE_GETSIGMASK = 0x420a;
    private static final long PTRACE_SETSIGMASK = 0x420b;
    private static final long SIGNAL_MASK_BYTES = 8;

    private static final int WNOHANG = 1;
    private static final int WALL = 0x4000_0000;

    /** Status of a thread that stands because it was asked to: {@code PTRACE_EVENT_STOP}, {@code SIGTRAP}, stopped. */
    private static final int STATUS_INTERRUPTED = 0x80_057f;
    /** Status of a thread that stands after a single step: {@code SIGTRAP}, stopped. */
    static final int STATUS_STEPPED = 0x057f;

    private static final int REGISTERS_OFFSET = 0;
    private static final int MASK_OFFSET = 256;
    private static final int STATUS_OFFSET = 272;
    private static final int BUFFER_BYTES = 512;
    /** Waits shorter than this are spun through, as a stop usually takes some hundred microseconds. */
    private static final long SPIN_NANOS = 300_000;

    private static final long PARK_NANOS = 50_000;
    private static final long COLLECT_NANOS = 20_000_000;

    private final int pid;
    private final Thread owner = Thread.currentThread();
    private final BooleanSupplier whileWaiting;
    private final NativeBuffer memory = NativeBuffer.shared(BUFFER_BYTES);
    private final ByteBuffer fields = memory.slice(0, BUFFER_BYTES);
    /** Threads that are traced, with the status of their stop, or zero while they run. */
    private final Map<Integer, Integer> threads = new LinkedHashMap<>();
    /** Signals that were kept from a thread so that it could be used, by thread. */
    private final Map<Integer, Integer> heldSignals = new LinkedHashMap<>();

    private boolean open = true;

    private Ptrace(int pid, BooleanSupplier whileWaiting) {
        this.pid = pid;
        this.whileWaiting = whileWaiting;
    }

    /**
     * For a process; nothing happens to it yet.
     *
     * @throws NativeAccessException if this is not x86-64
     * @throws IllegalArgumentException if it is a child of the own process, or the own process
     */
    public static Ptrace of(long pid) {
        return of(pid, () -> false);
    }

    /**
     * For a process, with work to do while a thread of it is waited for, such as serving its page faults: a thread that
     * waits for a page cannot stop before it has it. The work says whether there was any.
     */
    public static Ptrace of(long pid, BooleanSupplier whileWaiting) {
        Architecture.requireX86("stopping threads by ptrace");
        ProcessTasks.requireForeign(pid);
        return new Ptrace(Math.toIntExact(pid), whileWaiting);
    }

    /** Process that is traced. */
    public int pid() {
        return pid;
    }

    /** True if at least one thread is stopped. */
    public boolean isStopped() {
        return !threads.isEmpty();
    }

    /**
     * Stops every thread, and looks for new ones until there are none.
     *
     * @param limitNanos after which everything is let go again
     * @return number of threads that stand
     * @throws StopException if a thread did not stop in time, as it hangs in the kernel, or the process has ended
     * @throws SystemCallException {@code EPERM} if the process may not be traced, or already is
     */
    public int stopAll(long limitNanos) {
        checkOwner();
        long deadline = System.nanoTime() + limitNanos;
        try {
            while (seizeNew() > 0) {
                for (int tid : List.copyOf(threads.keySet())) {
                    awaitStop(tid, deadline);
                }
            }
            if (threads.isEmpty()) {
                throw new StopException("process " + pid + " has ended");
            }
            return threads.size();
        } catch (RuntimeException failure) {
            resume();
            throw failure;
        }
    }

    /** Stops one thread, the first one of the process if it is not told which; others go on. */
    void stopThread(int tid, long limitNanos) {
        checkOwner();
        try {
            if (!threads.containsKey(tid)) {
                seize(tid);
            }
            awaitStop(tid, System.nanoTime() + limitNanos);
        } catch (RuntimeException failure) {
            resume();
            throw failure;
        }
        if (!threads.containsKey(tid)) {
            throw new StopException("thread " + tid + " of process " + pid + " has ended");
        }
    }

    /** Where every stopped thread stands. */
    public List<ThreadState> threads() {
        checkOwner();
        List<ThreadState> states = new ArrayList<>();
        for (int tid : threads.keySet()) {
            ByteBuffer registers = registers(tid);
            states.add(new ThreadState(tid, registers.getLong(Registers.RSP), registers.getLong(Registers.FS_BASE)));
        }
        return states;
    }

    /**
     * Lets every thread run that was stopped; no harm if none was. Never fails.
     *
     * @return false if a thread hangs in the kernel and would stop as soon as it leaves it: call again later, or end the
     *     calling thread, which frees it for certain
     */
    public boolean resume() {
        checkOwner();
        threads.entrySet().removeIf(thread -> {
            int tid = thread.getKey();
            // Was asked to stop but has not yet: only a stopped thread can be detached.
            int status = thread.getValue() == 0 ? collectStop(tid) : thread.getValue();
            if (status == 0) {
                return false;
            }
            request(PTRACE_DETACH, tid, signalToDeliver(status));
            return true;
        });
        heldSignals.forEach((tid, signal) -> PlainLibC.syscall(SYS_TGKILL, pid, tid, signal, 0, 0, 0));
        heldSignals.clear();
        return threads.isEmpty();
    }

    @Override
    public void close() {
        if (open) {
            resume();
            open = false;
            memory.close();
        }
    }

    private int seizeNew() {
        int fresh = 0;
        for (int tid : ProcessTasks.list(pid)) {
            if (!threads.containsKey(tid) && seize(tid)) {
                fresh++;
            }
        }
        return fresh;
    }

    private boolean seize(int tid) {
        if (request(PTRACE_SEIZE, tid, 0) < 0) {
            int errno = PlainLibC.errno();
            if (errno == Errno.ESRCH) {
                return false;
            }
            if (errno == Errno.EPERM && ProcessTasks.isEnding(pid, tid)) {
                return false;
            }
            throw new SystemCallException("PTRACE_SEIZE thread=" + tid + " of process " + pid, errno);
        }
        threads.put(tid, 0);
        request(PTRACE_INTERRUPT, tid, 0);
        return true;
    }

    /** Waits until the thread stands or has ended. */
    private void awaitStop(int tid, long deadline) {
        if (threads.getOrDefault(tid, STATUS_INTERRUPTED) != 0) {
            return;
        }
        int status = await(tid, deadline);
        if (status < 0) {
            threads.remove(tid);
        } else {
            threads.put(tid, status);
        }
    }

    /**
     * Waits for the next stop of a thread.
     *
     * @return its status, or -1 if the thread has ended
     */
    private int await(int tid, long deadline) {
        long begin = System.nanoTime();
        while (true) {
            int got = PlainLibC.waitpid(tid, memory.address() + STATUS_OFFSET, WNOHANG | WALL);
            if (got == tid) {
                int status = fields.getInt(STATUS_OFFSET);
                return isStop(status) ? status : -1;
            }
            if (got < 0 && PlainLibC.errno() == Errno.ECHILD) {
                return -1;
            }
            long now = System.nanoTime();
            if (now - deadline > 0) {
                throw new StopException("thread " + tid + " of process " + pid + " (" + ProcessTasks.describe(pid, tid)
                        + ") did not stop in time");
            }
            if (whileWaiting.getAsBoolean()) {
                begin = now;
            }
            if (now - begin < SPIN_NANOS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(PARK_NANOS);
            }
        }
    }

    private static boolean isStop(int status) {
        return (status & 0xff) == 0x7f;
    }

    /** Status of the thread's stop, or -1 if it has ended; zero if it did neither within some milliseconds. */
    private int collectStop(int tid) {
        try {
            return await(tid, System.nanoTime() + COLLECT_NANOS);
        } catch (StopException runsOn) {
            return 0;
        }
    }

    /** A thread that stopped because a signal came must get that signal when it goes on. */
    private static int signalToDeliver(int status) {
        boolean bySignal = isStop(status) && (status >>> 16) == 0;
        return bySignal ? (status >>> 8) & 0xff : 0;
    }

    /**
     * Makes a stopped thread fit to execute a system call: it must stand because it was asked to. A signal that stopped
     * it first is kept back until {@link #resume}.
     *
     * @return false if it cannot be, as the process is stopped by a signal such as {@code SIGSTOP}
     */
    boolean makeUsable(int tid, long limitNanos) {
        checkOwner();
        long deadline = System.nanoTime() + limitNanos;
        int status = threads.getOrDefault(tid, 0);
        while (status != STATUS_INTERRUPTED) {
            int signal = signalToDeliver(status);
            if (signal == 0) {
                return false;
            }
            heldSignals.put(tid, signal);
            require("PTRACE_CONT", tid, request(PTRACE_CONT, tid, 0));
            threads.put(tid, 0);
            status = await(tid, deadline);
            if (status < 0) {
                threads.remove(tid);
                return false;
            }
            threads.put(tid, status);
        }
        return true;
    }

    /** Registers of a stopped thread; the buffer is overwritten by the next call. */
    ByteBuffer registers(int tid) {
        checkOwner();
        require("PTRACE_GETREGS", tid, request(PTRACE_GETREGS, tid, memory.address() + REGISTERS_OFFSET));
        return fields;
    }

    /** Sets the registers of a stopped thread to what the buffer of {@link #registers} holds. */
    void setRegisters(int tid) {
        checkOwner();
        require("PTRACE_SETREGS", tid, request(PTRACE_SETREGS, tid, memory.address() + REGISTERS_OFFSET));
    }

    long signalMask(int tid) {
        checkOwner();
        long at = memory.address() + MASK_OFFSET;
        require("PTRACE_GETSIGMASK", tid, request(PTRACE_GETSIGMASK, tid, SIGNAL_MASK_BYTES, at));
        return fields.getLong(MASK_OFFSET);
    }

    void setSignalMask(int tid, long mask) {
        checkOwner();
        fields.putLong(MASK_OFFSET, mask);
        long at = memory.address() + MASK_OFFSET;
        require("PTRACE_SETSIGMASK", tid, request(PTRACE_SETSIGMASK, tid, SIGNAL_MASK_BYTES, at));
    }

    /**
     * Executes one instruction of a stopped thread.
     *
     * @return status of the stop behind it, {@link #STATUS_STEPPED} if all went well
     */
    int step(int tid, long limitNanos) {
        checkOwner();
        require("PTRACE_SINGLESTEP", tid, request(PTRACE_SINGLESTEP, tid, 0));
        threads.put(tid, 0);
        int status = await(tid, System.nanoTime() + limitNanos);
        if (status < 0) {
            threads.remove(tid);
            throw new StopException("thread " + tid + " of process " + pid + " ended while it was used");
        }
        // A thread that stands after a step has no signal to get, unless the stop is of a real one.
        threads.put(tid, status == STATUS_STEPPED ? STATUS_INTERRUPTED : status);
        return status;
    }

    /** Threads that stand. */
    List<Integer> stoppedThreads() {
        return List.copyOf(threads.keySet());
    }

    private void require(String what, int tid, long result) {
        if (result < 0) {
            throw new SystemCallException(what + " thread=" + tid + " of process " + pid, PlainLibC.errno());
        }
    }

    private static long request(long request, int tid, long data) {
        return request(request, tid, 0, data);
    }

    private static long request(long request, int tid, long address, long data) {
        return PlainLibC.syscall(SYS_PTRACE, request, tid, address, data, 0, 0);
    }

    private void checkOwner() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("process " + pid + " is traced by thread " + owner.getName() + ", not by "
                    + Thread.currentThread().getName());
        }
        if (!open) {
            throw new IllegalStateException("tracing of process " + pid + " is closed");
        }
    }
}
