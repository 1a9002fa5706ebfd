package dev.godwit.trace;

/** Type field of the envelope. Codes are never reused; zero is invalid. */
enum RecordType {
    JVM_FACTS(1, JvmFacts.class),
    MACHINE_MEMORY(2, MachineMemory.class),
    MEMORY_MAP(3, MemoryMap.class),
    HEAP_LAYOUT(4, HeapLayout.class),
    DIRTY_PAGES(5, DirtyPages.class),
    GARBAGE_COLLECTION(6, GarbageCollection.class),
    HINT_EVENT(7, HintEvent.class),
    CONTENT_SAMPLE(8, ContentSample.class),
    NOTICE(9, Notice.class),
    LOSS(10, Loss.class),
    TRACE_END(11, TraceEnd.class),
    JVM_SIGNALS(12, JvmSignals.class, 2),
    DECLARED_MEMORY(13, DeclaredMemory.class, 2);

    private final int code;
    private final Class<? extends TraceRecord> recordClass;
    private final int sinceVersion;

    RecordType(int code, Class<? extends TraceRecord> recordClass) {
        this(code, recordClass, 1);
    }

    RecordType(int code, Class<? extends TraceRecord> recordClass, int sinceVersion) {
        this.code = code;
        this.recordClass = recordClass;
        this.sinceVersion = sinceVersion;
    }

    int code() {
        return code;
    }

    /** The first version of the format that has it. */
    int sinceVersion() {
        return sinceVersion;
    }

    /** The name that {@link Loss#recordType()} uses. */
    String recordName() {
        return recordClass.getSimpleName();
    }

    static RecordType of(TraceRecord record) {
        return of(record.getClass());
    }

    static RecordType of(Class<? extends TraceRecord> recordClass) {
        for (RecordType type : values()) {
            if (type.recordClass == recordClass) {
                return type;
            }
        }
        throw new IllegalArgumentException("no record type: class=" + recordClass.getName());
    }

    /** The type with the code, or null. */
    static RecordType ofCode(int code) {
        for (RecordType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        return null;
    }
}
