package dev.godwit.agent.heap;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The exported symbols of a library, read out of the memory of the process that has loaded it, as its dynamic linker
 * would find them: ELF header, dynamic section, GNU hash table, symbol table (System V ABI, chapters 4 and 5; {@code
 * elf/dl-lookup.c} of glibc). So it does not matter whether the file can be reached from here, or was replaced since.
 *
 * <p>Everything is checked, for the process may be anything.
 */
final class LoadedLibrary implements VmSymbols {
    private static final int HEADER_ENTRIES_OFFSET = 32;
    private static final int HEADER_ENTRY_BYTES = 54;
    private static final int HEADER_ENTRY_COUNT = 56;
    private static final int SEGMENT_BYTES = 56;
    private static final int SEGMENT_LOAD = 1;
    private static final int SEGMENT_DYNAMIC = 2;
    private static final int MAX_SEGMENTS = 128;
    private static final int DYNAMIC_BYTES = 16;
    private static final int MAX_DYNAMIC = 1024;
    private static final int SYMBOL_BYTES = 24;
    private static final int SYMBOL_SECTION = 6;
    private static final int SYMBOL_VALUE = 8;
    private static final int HASH_HEADER_BYTES = 16;
    /** A library as large as this was never seen: libjvm.so of JDK 25 spans 25 MiB. */
    private static final long MAX_BYTES = 1L << 30;

    private static final int MAX_HASH_ENTRIES = 1 << 20;
    private static final int MAX_CHAIN = 1000;

    private static final long TAG_STRINGS = 5;
    private static final long TAG_SYMBOLS = 6;
    private static final long TAG_GNU_HASH = 0x6fff_fef5L;

    private final PagedMemory memory;
    private final long base;
    /** What is added to the addresses in the file. */
    private long bias;

    private long end;
    private long strings;
    private long symbols;
    private long buckets;
    private int bucketCount;
    private long chains;
    private int firstHashed;

    private LoadedLibrary(PagedMemory memory, long base) {
        this.memory = memory;
        this.base = base;
    }

    /**
     * Reads the tables' places.
     *
     * @param memory of the process
     * @param base where the first byte of the file is mapped
     * @throws UnreadableVmException if what is there is no library for this machine
     */
    static LoadedLibrary read(PagedMemory memory, long base) {
        LoadedLibrary library = new LoadedLibrary(memory, base);
        library.checkHeader();
        library.readDynamic(library.readSegments());
        return library;
    }

    @Override
    public long address(String symbol) {
        byte[] name = symbol.getBytes(StandardCharsets.ISO_8859_1);
        int hash = 5381;
        for (byte letter : name) {
            hash = hash * 33 + (letter & 0xFF);
        }
        int bucket = Integer.remainderUnsigned(hash, bucketCount);
        long index = Integer.toUnsignedLong(memory.getInt(buckets + 4L * bucket));
        for (int step = 0; index >= firstHashed && step < MAX_CHAIN; step++, index++) {
            int chained = memory.getInt(inside(chains + 4 * (index - firstHashed)));
            if ((chained | 1) == (hash | 1) && isDefined(index, name)) {
                return inside(bias + memory.getLong(symbols + index * SYMBOL_BYTES + SYMBOL_VALUE));
            }
            if ((chained & 1) != 0) {
                return 0;
            }
        }
        return 0;
    }

    private boolean isDefined(long index, byte[] name) {
        long symbol = inside(symbols + index * SYMBOL_BYTES);
        long text = inside(strings + Integer.toUnsignedLong(memory.getInt(symbol)));
        for (int i = 0; i < name.length; i++) {
            if (memory.getByte(text + i) != name[i]) {
                return false;
            }
        }
        return memory.getByte(text + name.length) == 0 && unsignedShort(symbol + SYMBOL_SECTION) != 0;
    }

    private void checkHeader() {
        boolean isElf = memory.getByte(base) == 0x7F
                && memory.getByte(base + 1) == 'E'
                && memory.getByte(base + 2) == 'L'
                && memory.getByte(base + 3) == 'F';
        int wordSize = memory.getByte(base + 4);
        int order = memory.getByte(base + 5);
        int nativeOrder = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 1 : 2;
        if (!isElf
                || wordSize != 2
                || order != nativeOrder
                || unsignedShort(base + HEADER_ENTRY_BYTES) != SEGMENT_BYTES) {
            throw new UnreadableVmException("its libjvm.so is no library for a 64-bit JVM of this machine");
        }
    }

    /** Finds what the library spans, and gives where its dynamic section is. */
    private long readSegments() {
        long offset = memory.getLong(base + HEADER_ENTRIES_OFFSET);
        int count = unsignedShort(base + HEADER_ENTRY_COUNT);
        if (offset < 0 || offset > MAX_BYTES || count > MAX_SEGMENTS) {
            throw damaged(count + " segments at " + offset);
        }
        long extent = 0;
        long first = -1;
        long dynamic = -1;
        for (int i = 0; i < count; i++) {
            long segment = base + offset + (long) i * SEGMENT_BYTES;
            int type = memory.getInt(segment);
            long address = memory.getLong(segment + 16);
            long bytes = memory.getLong(segment + 40);
            if (address < 0 || address > MAX_BYTES || bytes < 0 || bytes > MAX_BYTES) {
                throw damaged("segment " + i + " of " + bytes + " bytes at " + address);
            }
            if (type == SEGMENT_LOAD) {
                extent = Math.max(extent, address + bytes);
                first = memory.getLong(segment + 8) == 0 ? address : first;
            } else if (type == SEGMENT_DYNAMIC) {
                dynamic = address;
            }
        }
        if (first < 0 || dynamic < 0) {
            throw damaged("no dynamic section");
        }
        bias = base - first;
        end = bias + extent;
        return inside(bias + dynamic);
    }

    private void readDynamic(long dynamic) {
        long hashes = 0;
        for (int i = 0; i < MAX_DYNAMIC; i++) {
            long entry = dynamic + (long) i * DYNAMIC_BYTES;
            long tag = memory.getLong(entry);
            long value = memory.getLong(entry + Long.BYTES);
            if (tag == 0) {
                break;
            } else if (tag == TAG_STRINGS) {
                strings = relocated(value);
            } else if (tag == TAG_SYMBOLS) {
                symbols = relocated(value);
            } else if (tag == TAG_GNU_HASH) {
                hashes = relocated(value);
            }
        }
        if (strings == 0 || symbols == 0 || hashes == 0) {
            throw damaged("no hash table of symbols");
        }
        bucketCount = memory.getInt(hashes);
        firstHashed = memory.getInt(hashes + 4);
        int bloomWords = memory.getInt(hashes + 8);
        if (bucketCount <= 0 || bucketCount > MAX_HASH_ENTRIES || bloomWords < 0 || bloomWords > MAX_HASH_ENTRIES) {
            throw damaged("a hash table of " + bucketCount + " buckets");
        }
        if (firstHashed <= 0) {
            throw damaged("the first symbol with a hash is " + firstHashed);
        }
        buckets = inside(hashes + HASH_HEADER_BYTES + (long) Long.BYTES * bloomWords);
        chains = inside(buckets + (long) Integer.BYTES * bucketCount);
    }

    /** Most dynamic linkers write the real addresses into the dynamic section, some leave it as it is in the file. */
    private long relocated(long value) {
        return value >= base && value < end ? value : inside(bias + value);
    }

    private long inside(long address) {
        if (address < base || address >= end) {
            throw damaged("it points to 0x" + Long.toHexString(address) + ", outside of itself");
        }
        return address;
    }

    private int unsignedShort(long address) {
        int first = memory.getByte(address) & 0xFF;
        int second = memory.getByte(address + 1) & 0xFF;
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? second << 8 | first : first << 8 | second;
    }

    private static UnreadableVmException damaged(String what) {
        return new UnreadableVmException("its libjvm.so is damaged: " + what);
    }
}
