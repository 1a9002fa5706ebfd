package dev.godwit.agent.heap;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.locks.LockSupport;

/**
 * Collects through the native methods that HotSpot registers for the class {@code jdk.test.whitebox.WhiteBox} of its own
 * tests ({@code whitebox.cpp}).
 *
 * <p>They are registered only for a class of the boot loader and only under the flag {@code WhiteBoxAPI}, which is
 * therefore set while they are. JDK 17 prints a line for each of the 186 methods that the class here lacks; {@code
 * DisplayVMOutput} is cleared meanwhile. Both flags are back before this returns.
 */
final class WhiteBoxCollection implements YoungCollection {
    /** A request can be ignored while another thread is in a JNI critical section. */
    private static final int MAX_ATTEMPTS = 20;

    private static final long WAIT_NANOS = 1_000_000;

    private final MethodHandle youngCollection;
    private final HeapProbe probe;

    private WhiteBoxCollection(MethodHandle youngCollection, HeapProbe probe) {
        this.youngCollection = youngCollection;
        this.probe = probe;
    }

    /**
     * Registers the native methods. One thread at a time: each puts the flags back as it found them.
     *
     * @throws UnreadableVmException if a flag is missing, or no collection could be forced
     * @throws LinkageError if this VM does not have the native methods
     */
    static synchronized WhiteBoxCollection open(VmSymbols symbols, HeapProbe probe) {
        InternalUnsafe unsafe = new InternalUnsafe();
        Class<?> whiteBox = whiteBoxClass(unsafe);
        try (SafeMemory memory = new SafeMemory()) {
            VmFlags flags = VmFlags.read(VmStructs.read(symbols, memory), memory);
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            MethodType nothing = MethodType.methodType(void.class);
            MethodHandle register = lookup.findStatic(whiteBox, WhiteBoxClass.REGISTER, nothing);
            MethodHandle collect = lookup.findStatic(whiteBox, WhiteBoxClass.COLLECT, nothing);
            MappedMemory mapped = MappedMemory.read();
            long whiteBoxFlag = writable(mapped, flags, "WhiteBoxAPI");
            long outputFlag = writable(mapped, flags, "DisplayVMOutput");
            register(register, whiteBoxFlag, outputFlag, unsafe);
            return new WhiteBoxCollection(collect, probe);
        } catch (ReflectiveOperationException e) {
            throw new UnreadableVmException("another " + WhiteBoxClass.NAME + " is in the way: " + e.getMessage());
        }
    }

    @Override
    public void collect() {
        long before = probe.epoch();
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            request();
            if (probe.epoch() != before) {
                return;
            }
            LockSupport.parkNanos(WAIT_NANOS);
        }
        throw new IllegalStateException(
                "no young collection through WhiteBox: the JVM ignored " + MAX_ATTEMPTS + " requests");
    }

    private void request() {
        try {
            youngCollection.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("no young collection through WhiteBox: " + e, e);
        }
    }

    @Override
    public String method() {
        return "WhiteBox";
    }

    private static long writable(MappedMemory mapped, VmFlags flags, String flag) {
        long address = flags.booleanAddress(flag);
        if (!mapped.isWritable(address)) {
            throw new UnreadableVmException("the flag " + flag + " cannot be written");
        }
        return address;
    }

    private static void register(MethodHandle register, long whiteBoxFlag, long outputFlag, InternalUnsafe unsafe) {
        byte whiteBoxBefore = unsafe.getByte(whiteBoxFlag);
        byte outputBefore = unsafe.getByte(outputFlag);
        try {
            unsafe.putByte(outputFlag, (byte) 0);
            unsafe.putByte(whiteBoxFlag, (byte) 1);
            register.invokeExact();
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new UnreadableVmException("registering the WhiteBox methods failed: " + e);
        } finally {
            unsafe.putByte(whiteBoxFlag, whiteBoxBefore);
            unsafe.putByte(outputFlag, outputBefore);
        }
    }

    private static Class<?> whiteBoxClass(InternalUnsafe unsafe) {
        try {
            return Class.forName(WhiteBoxClass.NAME, false, null);
        } catch (ClassNotFoundException e) {
            return unsafe.defineBootClass(WhiteBoxClass.NAME, WhiteBoxClass.bytes());
        }
    }
}
