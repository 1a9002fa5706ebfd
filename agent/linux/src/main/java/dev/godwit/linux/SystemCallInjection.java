package dev.godwit.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a stopped thread of another process execute system calls in between, without writing to its memory: the thread
 * is set back to the {@code syscall} instruction in front of where it stands, with other registers, steps over it, and
 * gets its registers back. x86-64 only.
 *
 * <p>Needs a thread that was stopped inside a system call; a JVM's first thread always is (it waits for the main
 * thread). The call that was interrupted is restarted by the kernel when the thread goes on. While it is used the
 * thread's signals are blocked, and every result is checked: the instruction, the stop, and where the thread stands
 * afterwards.
 *
 * <p>Not safe against the end of the tracer between two steps of one call (some microseconds): the thread then goes on
 * with the registers of the injected call. That is why the guardian, which does nothing else, is the one to inject.
 */
public final class SystemCallInjection implements AutoCloseable {
    private static final int SYSCALL_INSTRUCTION = 0x050f;
    private static final int INSTRUCTION_BYTES = 2;
    private static final int FIRST_SYSTEM_CALL_ERROR = -4095;
    /** All signals but SIGTRAP: the kernel resets the action of a blocked SIGTRAP when it reports the step by it. */
    private static final long ALL_SIGNALS = ~(1L << 4);

    private final Ptrace ptrace;
    private final int tid;
    private final long limitNanos;
    private final byte[] before = new byte[Registers.BYTES];
    private final long mask;
    private boolean open = true;

    private SystemCallInjection(Ptrace ptrace, int tid, long limitNanos) {
        this.ptrace = ptrace;
        this.tid = tid;
        this.limitNanos = limitNanos;
        ptrace.registers(tid).get(0, before);
        this.mask = ptrace.signalMask(tid);
        ptrace.setSignalMask(tid, ALL_SIGNALS);
    }

    /**
     * Chooses a thread: of those that stand, if some do, else the first thread of the process is stopped for it, and if
     * that one is of no use the next one, and so on.
     *
     * @param limitNanos the longest that one call, or the stop before it, may take
     * @throws StopException if no thread stands in a system call
     */
    public static SystemCallInjection into(Ptrace ptrace, long limitNanos) {
        boolean allStand = ptrace.isStopped();
        List<Integer> candidates = allStand ? ptrace.stoppedThreads() : firstThreadFirst(ptrace.pid());
        for (int tid : candidates) {
            if (!allStand) {
                ptrace.stopThread(tid, limitNanos);
            }
            if (standsInSystemCall(ptrace, tid, limitNanos)) {
                return new SystemCallInjection(ptrace, tid, limitNanos);
            }
            if (!allStand) {
                ptrace.resume();
            }
        }
        throw new StopException("no thread of process " + ptrace.pid()
                + " stands in a system call (is it stopped by SIGSTOP? continue it first)");
    }

    private static List<Integer> firstThreadFirst(int pid) {
        List<Integer> tids = new ArrayList<>();
        tids.add(pid);
        for (int tid : ProcessTasks.list(pid)) {
            if (tid != pid) {
                tids.add(tid);
            }
        }
        return tids;
    }

    private static boolean standsInSystemCall(Ptrace ptrace, int tid, long limitNanos) {
        if (!ptrace.makeUsable(tid, limitNanos)) {
            return false;
        }
        ByteBuffer registers = ptrace.registers(tid);
        long instruction = registers.getLong(Registers.RIP) - INSTRUCTION_BYTES;
        if (registers.getLong(Registers.ORIG_RAX) < 0) {
            return false;
        }
        try (ProcessMemory memory = ProcessMemory.of(ptrace.pid());
                NativeBuffer bytes = NativeBuffer.shared(INSTRUCTION_BYTES)) {
            return memory.read(instruction, bytes.address(), INSTRUCTION_BYTES) == INSTRUCTION_BYTES
                    && bytes.slice(0, INSTRUCTION_BYTES).getShort(0) == SYSCALL_INSTRUCTION;
        }
    }

    /**
     * Executes a system call in the process.
     *
     * @param number of the call on x86-64
     * @param arguments at most six
     * @return what the call gave, never negative
     * @throws SystemCallException if the call itself failed; it was executed
     * @throws StopException if it cannot be told that it was executed; the registers are what they were before
     */
    public long call(String name, long number, long... arguments) {
        long here = before(Registers.RIP);
        restore();
        Registers.prepareCall(ptrace.registers(tid), here - INSTRUCTION_BYTES, number, arguments);
        ptrace.setRegisters(tid);
        // If this fails the thread is inside the call or has ended: there are no registers to restore.
        int status = ptrace.step(tid, limitNanos);
        ByteBuffer after = ptrace.registers(tid);
        long result = after.getLong(Registers.RAX);
        long stands = after.getLong(Registers.RIP);
        restore();
        if (status != Ptrace.STATUS_STEPPED || stands != here) {
            throw new StopException(name + " injected into thread " + tid + " of process " + ptrace.pid()
                    + " was disturbed: status=0x" + Integer.toHexString(status) + " stands " + (stands - here)
                    + " bytes from where it should");
        }
        if (result < 0 && result >= FIRST_SYSTEM_CALL_ERROR) {
            throw new SystemCallException(name + " injected into process " + ptrace.pid(), (int) -result);
        }
        return result;
    }

    private long before(int register) {
        return ByteBuffer.wrap(before).order(ByteOrder.nativeOrder()).getLong(register);
    }

    private void restore() {
        ptrace.registers(tid).put(0, before);
        ptrace.setRegisters(tid);
    }

    /** Gives the thread its signals back. It still stands: {@link Ptrace#resume} lets it run. */
    @Override
    public void close() {
        if (open) {
            open = false;
            if (ptrace.stoppedThreads().contains(tid)) {
                ptrace.setSignalMask(tid, mask);
            }
        }
    }
}
