package dev.godwit.agent.heap;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Collects through the native methods that HotSpot registers for the class {@code jdk.test.whitebox.WhiteBox} of its own
 * tests ({@code whitebox.cpp}).
 *
 * <p>They are registered only for a class of the boot loader and only under the flag {@code WhiteBoxAPI}, which is
 * therefore set while they are. JDK 17 prints a line for each of the 186 methods that the class here lacks; {@code
 * DisplayVMOutput} is cleared meanwhile. Both flags are back before this returns.
 */
final class WhiteBoxCollection implements YoungCollection {
    private final MethodHandle youngCollection;
    private final HeapProbe probe;

    private WhiteBoxCollection(MethodHandle youngCollection, HeapProbe probe) {
        this.youngCollection = youngCollection;
        this.probe = probe;
    }

    /**
     * Registers the native methods.
     *
     * @throws UnreadableVmException if a flag is missing, or no collection could be forced
     * @throws LinkageError if this VM does not have the native methods
     */
    static WhiteBoxCollection open(VmSymbols symbols, HeapProbe probe) {
        SafeMemory memory = new SafeMemory();
        VmFlags flags = VmFlags.read(VmStructs.read(symbols, memory), memory);
        InternalUnsafe unsafe = new InternalUnsafe();
        Class<?> whiteBox = whiteBoxClass(unsafe);
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            MethodType nothing = MethodType.methodType(void.class);
            MethodHandle register = lookup.findStatic(whiteBox, WhiteBoxClass.REGISTER, nothing);
            MethodHandle collect = lookup.findStatic(whiteBox, WhiteBoxClass.COLLECT, nothing);
            register(register, flags.booleanAddress("WhiteBoxAPI"), flags.booleanAddress("DisplayVMOutput"), unsafe);
            return new WhiteBoxCollection(collect, probe);
        } catch (ReflectiveOperationException e) {
            throw new UnreadableVmException("another " + WhiteBoxClass.NAME + " is in the way: " + e.getMessage());
        }
    }

    @Override
    public void collect() {
        long before = probe.epoch();
        try {
            youngCollection.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("no young collection through WhiteBox: " + e, e);
        }
        if (probe.epoch() == before) {
            throw new IllegalStateException("no young collection through WhiteBox: the JVM ignored the request");
        }
    }

    @Override
    public String method() {
        return "WhiteBox";
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
