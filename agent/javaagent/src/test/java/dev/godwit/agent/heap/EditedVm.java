package dev.godwit.agent.heap;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The symbols of the own VM, some of them taken away or changed. */
final class EditedVm implements VmSymbols {
    private static final String STRUCTS = "gHotSpotVMStructs";

    private final LibJvm real = LibJvm.open();
    private final SafeMemory memory = new SafeMemory();
    private final Map<String, Long> changed = new HashMap<>();
    /** Kept, because the memory is freed with its object. */
    private final List<Memory> allocated = new ArrayList<>();

    @Override
    public long address(String symbol) {
        return changed.getOrDefault(symbol, real.address(symbol));
    }

    EditedVm withoutSymbol(String symbol) {
        changed.put(symbol, 0L);
        return this;
    }

    /** The variable of this name then holds the value. */
    EditedVm withValue(String symbol, long value) {
        Memory variable = allocate(Long.BYTES);
        variable.setLong(0, value);
        changed.put(symbol, Pointer.nativeValue(variable));
        return this;
    }

    /** A VM that describes all fields but this one. */
    EditedVm withoutField(String type, String field) {
        long stride = value("gHotSpotVMStructEntryArrayStride");
        List<byte[]> kept = new ArrayList<>();
        for (long entry = value(STRUCTS); nameAt(entry, "TypeName") != null; entry += stride) {
            if (!type.equals(nameAt(entry, "TypeName")) || !field.equals(nameAt(entry, "FieldName"))) {
                kept.add(memory.read(entry, (int) stride));
            }
        }
        kept.add(new byte[(int) stride]);
        return withStructs(kept);
    }

    /** A VM whose table of fields repeats its first entry without an end. */
    EditedVm withEndlessFields(int entries) {
        byte[] first = memory.read(value(STRUCTS), (int) value("gHotSpotVMStructEntryArrayStride"));
        List<byte[]> repeated = new ArrayList<>();
        for (int i = 0; i < entries; i++) {
            repeated.add(first);
        }
        return withStructs(repeated);
    }

    private EditedVm withStructs(List<byte[]> entries) {
        int stride = entries.get(0).length;
        Memory table = allocate((long) stride * entries.size());
        for (int i = 0; i < entries.size(); i++) {
            table.write((long) i * stride, entries.get(i), 0, stride);
        }
        return withValue(STRUCTS, Pointer.nativeValue(table));
    }

    private Memory allocate(long bytes) {
        Memory result = new Memory(bytes);
        allocated.add(result);
        return result;
    }

    private long value(String symbol) {
        return memory.getLong(address(symbol));
    }

    private String nameAt(long entry, String column) {
        long name = memory.getLong(entry + value("gHotSpotVMStructEntry" + column + "Offset"));
        return name == 0 ? null : new PagedMemory(memory).string(name);
    }
}
