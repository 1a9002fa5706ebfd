package dev.godwit.agent.heap;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.security.ProtectionDomain;

/**
 * {@code jdk.internal.misc.Unsafe}, reached by constant method handles: as fast as a direct call, and silent on JDK 25,
 * where the memory access of {@code sun.misc.Unsafe} prints a warning.
 *
 * <p>Initialised only after {@link InternalAccess#open} returned true.
 */
final class InternalUnsafe implements VmMemory {
    // Volatile, so that the compiler keeps the order of the reads and never merges two of the same address.
    private static final MethodHandle GET_BYTE = bindAbsolute("getByteVolatile", byte.class);
    private static final MethodHandle GET_INT = bindAbsolute("getIntVolatile", int.class);
    private static final MethodHandle GET_LONG = bindAbsolute("getLongVolatile", long.class);
    private static final MethodHandle PUT_BYTE = bind("putByte", void.class, long.class, byte.class);
    private static final MethodHandle DEFINE_CLASS = bind(
            "defineClass",
            Class.class,
            String.class,
            byte[].class,
            int.class,
            int.class,
            ClassLoader.class,
            ProtectionDomain.class);

    @Override
    public byte getByte(long address) {
        try {
            return (byte) GET_BYTE.invokeExact(address);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public int getInt(long address) {
        try {
            return (int) GET_INT.invokeExact(address);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public long getLong(long address) {
        try {
            return (long) GET_LONG.invokeExact(address);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Writes one byte; the address must be known to be mapped and writable. */
    void putByte(long address, byte value) {
        try {
            PUT_BYTE.invokeExact(address, value);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Defines a class in the boot loader.
     *
     * @throws LinkageError if the boot loader has a class of that name, or the bytes are not a class
     */
    Class<?> defineBootClass(String name, byte[] bytes) {
        try {
            return (Class<?>)
                    DEFINE_CLASS.invokeExact(name, bytes, 0, bytes.length, (ClassLoader) null, (ProtectionDomain) null);
        } catch (LinkageError e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** A getter of (object, offset) as one of (address): the object is null. */
    private static MethodHandle bindAbsolute(String name, Class<?> result) {
        return MethodHandles.insertArguments(bind(name, result, Object.class, long.class), 0, (Object) null);
    }

    private static MethodHandle bind(String name, Class<?> result, Class<?>... parameters) {
        try {
            Class<?> type = Class.forName("jdk.internal.misc.Unsafe");
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            Object unsafe = lookup.findStatic(type, "getUnsafe", MethodType.methodType(type))
                    .invoke();
            return lookup.findVirtual(type, name, MethodType.methodType(result, parameters))
                    .bindTo(unsafe);
        } catch (Throwable e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
