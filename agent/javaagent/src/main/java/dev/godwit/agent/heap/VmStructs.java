package dev.godwit.agent.heap;

import java.util.HashMap;
import java.util.Map;

/**
 * What HotSpot tells debuggers about its own data: types, fields, constants ({@code vmStructs.hpp}).
 *
 * <p>The tables are read once. Everything is looked up by name, and a name that is absent is reported by that name:
 * offsets and constants differ between releases. Where a release renamed a type or a field, callers give all its names.
 */
final class VmStructs {
    /** JDK 17 has 2,040 entries in all four tables. */
    private static final int MAX_ENTRIES = 20_000;

    private final Map<String, Field> fields;
    private final Map<String, Long> typeSizes;
    private final Map<String, Long> constants;

    private record Field(boolean isStatic, long offset, long address) {}

    private VmStructs(Map<String, Field> fields, Map<String, Long> typeSizes, Map<String, Long> constants) {
        this.fields = fields;
        this.typeSizes = typeSizes;
        this.constants = constants;
    }

    /**
     * Reads the tables.
     *
     * @throws UnreadableVmException if a symbol is absent, or a table is not where its symbol points
     */
    static VmStructs read(VmSymbols symbols, SafeMemory memory) {
        return new Parser(symbols, new PagedMemory(memory)).parse();
    }

    /** True if the VM describes this field. */
    boolean hasField(String type, String field) {
        return fields.containsKey(type + "::" + field);
    }

    /** The first of the names that is a type with this field; the first name if none is. */
    String typeWith(String field, String... types) {
        for (String type : types) {
            if (hasField(type, field)) {
                return type;
            }
        }
        return types[0];
    }

    /**
     * Offset of an instance field in its object.
     *
     * @throws UnreadableVmException if there is no such field
     */
    long offset(String type, String field) {
        Field found = field(type, field, false);
        if (found.offset < 0 || found.offset > 1 << 20) {
            throw new UnreadableVmException("the offset of " + type + "::" + field + " is " + found.offset);
        }
        return found.offset;
    }

    /**
     * Address of a static field.
     *
     * @throws UnreadableVmException if there is no such field
     */
    long staticAddress(String type, String field) {
        return field(type, field, true).address;
    }

    /**
     * Size of a type in bytes.
     *
     * @throws UnreadableVmException if there is no such type
     */
    long typeSize(String type) {
        Long size = typeSizes.get(type);
        if (size == null) {
            throw new UnreadableVmException("this JVM does not describe the type " + type);
        }
        return size;
    }

    /**
     * Value of a constant.
     *
     * @throws UnreadableVmException if there is no such constant
     */
    long constant(String name) {
        Long value = constants.get(name);
        if (value == null) {
            throw new UnreadableVmException("this JVM does not describe the constant " + name);
        }
        return value;
    }

    /** Value of a constant, or {@code otherwise} if there is no such constant. */
    long constantOr(String name, long otherwise) {
        return constants.getOrDefault(name, otherwise);
    }

    private Field field(String type, String field, boolean isStatic) {
        Field found = fields.get(type + "::" + field);
        if (found == null || found.isStatic != isStatic) {
            throw new UnreadableVmException(
                    "this JVM does not describe the " + (isStatic ? "static " : "") + "field " + type + "::" + field);
        }
        return found;
    }

    /** Walks the four arrays; each ends at an entry without a name. */
    private record Parser(VmSymbols symbols, PagedMemory memory) {

        VmStructs parse() {
            Map<String, Field> fields = new HashMap<>();
            String entry = "gHotSpotVMStructEntry";
            long typeName = value(entry + "TypeNameOffset");
            long fieldName = value(entry + "FieldNameOffset");
            long isStatic = value(entry + "IsStaticOffset");
            long offset = value(entry + "OffsetOffset");
            long address = value(entry + "AddressOffset");
            walk("gHotSpotVMStructs", value(entry + "ArrayStride"), typeName, (name, at) -> {
                String field = memory.string(memory.getLong(at + fieldName));
                fields.put(
                        name + "::" + field,
                        new Field(
                                memory.getInt(at + isStatic) != 0,
                                memory.getLong(at + offset),
                                memory.getLong(at + address)));
            });

            Map<String, Long> sizes = new HashMap<>();
            long size = value("gHotSpotVMTypeEntrySizeOffset");
            walk(
                    "gHotSpotVMTypes",
                    value("gHotSpotVMTypeEntryArrayStride"),
                    value("gHotSpotVMTypeEntryTypeNameOffset"),
                    (name, at) -> sizes.put(name, memory.getLong(at + size)));

            Map<String, Long> constants = new HashMap<>();
            long intValue = value("gHotSpotVMIntConstantEntryValueOffset");
            walk(
                    "gHotSpotVMIntConstants",
                    value("gHotSpotVMIntConstantEntryArrayStride"),
                    value("gHotSpotVMIntConstantEntryNameOffset"),
                    (name, at) -> constants.put(name, (long) memory.getInt(at + intValue)));
            long longValue = value("gHotSpotVMLongConstantEntryValueOffset");
            walk(
                    "gHotSpotVMLongConstants",
                    value("gHotSpotVMLongConstantEntryArrayStride"),
                    value("gHotSpotVMLongConstantEntryNameOffset"),
                    (name, at) -> constants.put(name, memory.getLong(at + longValue)));
            return new VmStructs(fields, sizes, constants);
        }

        private void walk(String table, long stride, long nameOffset, EntryVisitor visitor) {
            if (stride <= 0 || stride > 1024 || nameOffset < 0 || nameOffset >= stride) {
                throw new UnreadableVmException("entries of " + table + " are said to be " + stride + " bytes long");
            }
            long entry = value(table);
            for (int i = 0; i < MAX_ENTRIES; i++, entry += stride) {
                long name = memory.getLong(entry + nameOffset);
                if (name == 0) {
                    return;
                }
                visitor.visit(memory.string(name), entry);
            }
            throw new UnreadableVmException(table + " has no end within " + MAX_ENTRIES + " entries");
        }

        private long value(String symbol) {
            long address = symbols.address(symbol);
            if (address == 0) {
                throw new UnreadableVmException("the VM's library does not export " + symbol);
            }
            return memory.getLong(address);
        }
    }

    private interface EntryVisitor {
        void visit(String name, long entryAddress);
    }
}
