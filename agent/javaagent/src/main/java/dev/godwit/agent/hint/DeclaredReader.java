package dev.godwit.agent.hint;

import dev.godwit.bootstrap.DeclaredBuffers;
import dev.godwit.trace.DeclaredMemory;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Tells what the application says about its buffers: what is new since the last reading, and what holds no longer. */
public final class DeclaredReader {
    private final Consumer<DeclaredMemory> records;
    private final Map<Integer, DeclaredMemory> told = new LinkedHashMap<>();
    private Method address;

    public DeclaredReader(Consumer<DeclaredMemory> records) {
        this.records = records;
    }

    /**
     * Looks at all that is declared.
     *
     * @param timeNanos what the records are to bear as their time
     * @throws ReflectiveOperationException if the JVM does not tell the address of a buffer
     */
    public void read(long timeNanos) throws ReflectiveOperationException {
        List<DeclaredBuffers.Declared> all = DeclaredBuffers.all();
        if (all.isEmpty() && told.isEmpty()) {
            return;
        }
        Set<Integer> gone = new HashSet<>(told.keySet());
        all.forEach(declared -> gone.remove(declared.number()));
        told.entrySet().removeIf(each -> gone.contains(each.getKey()) && withdraw(each.getValue(), timeNanos));
        for (DeclaredBuffers.Declared declared : all) {
            ByteBuffer buffer = declared.buffer().get();
            if (buffer != null && !told.containsKey(declared.number())) {
                DeclaredMemory record = record(declared, buffer, timeNanos);
                told.put(declared.number(), record);
                records.accept(record);
            }
        }
    }

    private boolean withdraw(DeclaredMemory was, long timeNanos) {
        records.accept(new DeclaredMemory(timeNanos, DeclaredMemory.Kind.WITHDRAWN, was.start(), was.end(), "", 0));
        return true;
    }

    private DeclaredMemory record(DeclaredBuffers.Declared declared, ByteBuffer buffer, long timeNanos)
            throws ReflectiveOperationException {
        long start = address(buffer) + declared.capacityStart();
        boolean inFile = !declared.file().isEmpty();
        return new DeclaredMemory(
                timeNanos,
                inFile ? DeclaredMemory.Kind.REFETCHABLE : DeclaredMemory.Kind.DISCARDABLE,
                start,
                start + declared.bytes(),
                declared.file(),
                inFile ? declared.fileOffset() : 0);
    }

    private long address(ByteBuffer buffer) throws ReflectiveOperationException {
        if (address == null) {
            address = Class.forName("sun.nio.ch.DirectBuffer").getMethod("address");
            address.setAccessible(true);
        }
        return (long) address.invoke(buffer);
    }
}
