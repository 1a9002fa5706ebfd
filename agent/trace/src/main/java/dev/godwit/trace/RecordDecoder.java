package dev.godwit.trace;

import dev.godwit.trace.PayloadReader.BadPayloadException;
import java.util.ArrayList;
import java.util.List;

/** Turns the payload of one record, its envelope already checked, into a record. */
final class RecordDecoder {
    private final PayloadReader in;
    private final int version;

    private RecordDecoder(PayloadReader in, int version) {
        this.in = in;
        this.version = version;
    }

    /** @throws BadPayloadException if the payload does not follow its layout */
    static TraceRecord decode(RecordType type, int version, byte[] bytes, int start, int end) {
        PayloadReader in = new PayloadReader(bytes, start, end);
        try {
            TraceRecord record = new RecordDecoder(in, version).take(type);
            in.finish();
            RecordCheck.check(record);
            return record;
        } catch (IllegalArgumentException e) {
            throw new BadPayloadException(e.getMessage());
        }
    }

    private TraceRecord take(RecordType type) {
        long timeNanos = in.takeLong("timeNanos");
        return switch (type) {
            case JVM_FACTS -> takeFacts(timeNanos);
            case MACHINE_MEMORY -> takeMachineMemory(timeNanos);
            case MEMORY_MAP -> takeMap(timeNanos);
            case HEAP_LAYOUT -> HeapLayoutCodec.decode(timeNanos, in.takeLong("epoch"), in);
            case DIRTY_PAGES -> takeDirtyPages(timeNanos);
            case GARBAGE_COLLECTION -> takeCollection(timeNanos);
            case HINT_EVENT -> takeHint(timeNanos);
            case CONTENT_SAMPLE -> takeSample(timeNanos);
            case NOTICE -> new Notice(timeNanos, in.takeString("text"));
            case LOSS -> takeLoss(timeNanos);
            case TRACE_END -> takeEnd(timeNanos);
            case JVM_SIGNALS -> takeSignals(timeNanos);
            case DECLARED_MEMORY -> takeDeclared(timeNanos);
        };
    }

    private JvmFacts takeFacts(long timeNanos) {
        long startEpochMillis = in.takeLong("startEpochMillis");
        long pid = in.takeLong("pid");
        Collector collector = Codes.find(Collector.values(), Collector::code, in.takeByte("collector"), "collector");
        PageTracker tracker = Codes.find(PageTracker.values(), PageTracker::code, in.takeByte("tracker"), "tracker");
        boolean edenTracked = in.takeBoolean("edenTracked");
        long heapMaxBytes = in.takeLong("heapMaxBytes");
        int processors = in.takeInt("processors");
        int pageSizeBytes = in.takeInt("pageSizeBytes");
        long intervalNanos = in.takeLong("intervalNanos");
        String vmName = in.takeString("vmName");
        String vmVersion = in.takeString("vmVersion");
        String javaVersion = in.takeString("javaVersion");
        String mainClass = in.takeString("mainClass");
        int count = in.takeCount("jvmArguments", TraceLimits.MAX_ARGUMENTS, 1);
        List<String> arguments = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            arguments.add(in.takeString("jvmArgument"));
        }
        return new JvmFacts(
                timeNanos,
                startEpochMillis,
                pid,
                vmName,
                vmVersion,
                javaVersion,
                mainClass,
                arguments,
                collector,
                heapMaxBytes,
                processors,
                pageSizeBytes,
                tracker,
                edenTracked,
                intervalNanos);
    }

    private MachineMemory takeMachineMemory(long timeNanos) {
        return new MachineMemory(
                timeNanos,
                in.takeLong("totalBytes"),
                in.takeLong("kernelBytes"),
                in.takeLong("pageCacheBytes"),
                in.takeLong("otherProcessesBytes"),
                in.takeLong("freeBytes"),
                in.takeLong("jvmResidentBytes"),
                in.takeLong("pageCacheDirtiedPages"));
    }

    private MemoryMap takeMap(long timeNanos) {
        int minimumBytes = 6;
        int count = in.takeCount("mappings", TraceLimits.MAX_MAPPINGS, minimumBytes);
        List<MemoryMap.Mapping> mappings = new ArrayList<>(count);
        long end = 0;
        for (int i = 0; i < count; i++) {
            int kind = in.takeByte("mapping kind");
            // A sum that overflows is negative, which RecordCheck refuses.
            long start = end + in.takeVarint("mapping gap");
            end = start + in.takeVarint("mapping size");
            long fileOffset = in.takeVarint("mapping file offset");
            mappings.add(new MemoryMap.Mapping(
                    start,
                    end,
                    Codes.find(MappingKind.values(), MappingKind::code, kind, "mapping kind"),
                    in.takeString("permissions"),
                    in.takeString("file"),
                    fileOffset));
        }
        return new MemoryMap(timeNanos, mappings);
    }

    private DirtyPages takeDirtyPages(long timeNanos) {
        return new DirtyPages(
                in.takeLong("fromNanos"),
                timeNanos,
                in.takeLong("epoch"),
                PageRunsCodec.decode(in, "written"),
                PageRunsCodec.decode(in, "assumed"),
                PageRunsCodec.decode(in, "dropped"));
    }

    private GarbageCollection takeCollection(long timeNanos) {
        long durationNanos = in.takeLong("durationNanos");
        long epoch = in.takeLong("epoch");
        GarbageCollection.Type type = Codes.find(
                GarbageCollection.Type.values(), GarbageCollection.Type::code, in.takeByte("type"), "collection type");
        boolean requested = in.takeBoolean("requested");
        long edenBeforeBytes = in.takeLong("edenBeforeBytes");
        long survivorBeforeBytes = in.takeLong("survivorBeforeBytes");
        long survivorAfterBytes = in.takeLong("survivorAfterBytes");
        long oldBeforeBytes = in.takeLong("oldBeforeBytes");
        long oldAfterBytes = in.takeLong("oldAfterBytes");
        return new GarbageCollection(
                timeNanos,
                durationNanos,
                epoch,
                type,
                in.takeString("collectorName"),
                in.takeString("action"),
                in.takeString("cause"),
                requested,
                edenBeforeBytes,
                survivorBeforeBytes,
                survivorAfterBytes,
                oldBeforeBytes,
                oldAfterBytes);
    }

    private HintEvent takeHint(long timeNanos) {
        HintEvent.Type type =
                Codes.find(HintEvent.Type.values(), HintEvent.Type::code, in.takeByte("type"), "hint type");
        if (version < type.sinceVersion()) {
            throw new BadPayloadException("hint type=" + type.code() + " is unknown in version " + version);
        }
        long durationNanos = in.takeLong("durationNanos");
        long count = in.takeLong("count");
        return new HintEvent(timeNanos, type, in.takeString("name"), in.takeString("thread"), durationNanos, count);
    }

    private ContentSample takeSample(long timeNanos) {
        return new ContentSample(
                timeNanos,
                Codes.find(MemoryKind.values(), MemoryKind::code, in.takeByte("kind"), "memory kind"),
                in.takeLong("sampledPages"),
                in.takeLong("zeroPages"),
                in.takeLong("changedPages"),
                in.takeLong("deltaBytes"),
                in.takeLong("lz4Bytes"),
                in.takeLong("zstdBytes"));
    }

    private Loss takeLoss(long timeNanos) {
        long records = in.takeLong("records");
        return new Loss(timeNanos, in.takeString("recordType"), records);
    }

    private JvmSignals takeSignals(long timeNanos) {
        long openCriticalSections = in.takeLong("openCriticalSections");
        long oldestCriticalNanos = in.takeLong("oldestCriticalNanos");
        int count = in.takeCount("criticalNames", JvmSignals.MAX_NAMES, 1);
        List<String> names = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            names.add(in.takeString("criticalName"));
        }
        return new JvmSignals(
                timeNanos,
                openCriticalSections,
                oldestCriticalNanos,
                names,
                in.takeLong("quietRemainingNanos"),
                in.takeLong("busyRemainingNanos"),
                in.takeLong("edenUsedBytes"),
                in.takeLong("edenCapacityBytes"),
                in.takeLong("allocatedBytes"),
                in.takeLong("collections"),
                in.takeLong("sinceCollectionNanos"),
                in.takeBoolean("concurrentCycleRunning"),
                in.takeLong("compilationNanos"),
                in.takeLong("codeCacheUsedBytes"));
    }

    private DeclaredMemory takeDeclared(long timeNanos) {
        DeclaredMemory.Kind kind = Codes.find(
                DeclaredMemory.Kind.values(), DeclaredMemory.Kind::code, in.takeByte("kind"), "declared kind");
        long start = in.takeLong("start");
        long end = in.takeLong("end");
        long fileOffset = in.takeLong("fileOffset");
        return new DeclaredMemory(timeNanos, kind, start, end, in.takeString("file"), fileOffset);
    }

    private TraceEnd takeEnd(long timeNanos) {
        long records = in.takeLong("records");
        return new TraceEnd(
                timeNanos,
                records,
                Codes.find(TraceEnd.Reason.values(), TraceEnd.Reason::code, in.takeByte("reason"), "end reason"));
    }
}
