package dev.godwit.agent.heap;

import dev.godwit.agent.heap.VmRanges.Range;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Stacks of all {@code JavaThread}s, compiler threads among them, from {@code ThreadsSMRSupport::_java_thread_list}.
 *
 * <p>The list and its threads may be freed at any time: what is read is taken only if it looks like a stack and lies in
 * writable anonymous memory.
 */
final class ThreadStacks {
    private static final int MAX_THREADS = 100_000;
    private static final int MAX_ATTEMPTS = 5;
    private static final long MAX_STACK_BYTES = 1L << 32;

    private final SafeMemory memory;
    private final long listAddress;
    private final long lengthOffset;
    private final long threadsOffset;
    private final long baseOffset;
    private final long sizeOffset;

    /**
     * Looks the fields up.
     *
     * @throws UnreadableVmException if the VM does not describe its threads
     */
    ThreadStacks(Vm vm) {
        VmStructs structs = vm.structs();
        memory = vm.safe();
        listAddress = structs.staticAddress("ThreadsSMRSupport", "_java_thread_list");
        lengthOffset = structs.offset("ThreadsList", "_length");
        threadsOffset = structs.offset("ThreadsList", "_threads");
        baseOffset = structs.offset("JavaThread", "_stack_base");
        sizeOffset = structs.offset("JavaThread", "_stack_size");
    }

    /** Stacks by address; a thread that starts or ends meanwhile may be missing. */
    List<Range> read(MappedMemory mapped) {
        List<Range> stacks = new ArrayList<>();
        for (long thread : threads()) {
            Range stack = stack(thread, mapped);
            if (stack != null) {
                stacks.add(stack);
            }
        }
        stacks.sort(Comparator.comparingLong(Range::start));
        return stacks;
    }

    private long[] threads() {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            long[] threads = threadsOnce();
            if (threads != null) {
                return threads;
            }
        }
        throw new UnreadableVmException("the list of threads changed in each of " + MAX_ATTEMPTS + " readings");
    }

    /** Null if the list was replaced meanwhile, which happens when a thread starts or ends; it is freed later. */
    private long[] threadsOnce() {
        long list = memory.getLong(listAddress);
        try {
            int length = memory.getInt(list + lengthOffset);
            if (length < 0 || length > MAX_THREADS) {
                return null;
            }
            long[] threads = memory.readLongs(memory.getLong(list + threadsOffset), length);
            return memory.getLong(listAddress) == list ? threads : null;
        } catch (UnreadableVmException e) {
            return null;
        }
    }

    private Range stack(long thread, MappedMemory mapped) {
        try {
            long base = memory.getLong(thread + baseOffset);
            long size = memory.getLong(thread + sizeOffset);
            boolean plausible = base > 0 && size > 0 && size <= MAX_STACK_BYTES && size < base;
            return plausible && mapped.indexOfAnonymous(base - 1) >= 0 ? new Range(base - size, base) : null;
        } catch (UnreadableVmException e) {
            return null;
        }
    }
}
