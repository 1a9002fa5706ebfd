package dev.godwit.trace;

import java.util.List;

/**
 * What holds for the fields of a record beyond their types. The writer refuses a record that breaks it, so that the
 * reader may: both call this.
 */
final class RecordCheck {
    private static final int MIN_PAGE_SIZE = 512;
    private static final int MAX_PAGE_SIZE = 1 << 30;

    private RecordCheck() {}

    /** @throws IllegalArgumentException naming the field and its value */
    static void check(TraceRecord record) {
        notNegative("timeNanos", record.timeNanos());
        if (record instanceof JvmFacts facts) {
            checkFacts(facts);
        } else if (record instanceof MachineMemory memory) {
            notNegative("totalBytes", memory.totalBytes());
            notNegative("kernelBytes", memory.kernelBytes());
            notNegative("pageCacheBytes", memory.pageCacheBytes());
            notNegative("otherProcessesBytes", memory.otherProcessesBytes());
            notNegative("freeBytes", memory.freeBytes());
            notNegative("jvmResidentBytes", memory.jvmResidentBytes());
            notNegative("pageCacheDirtiedPages", memory.pageCacheDirtiedPages());
        } else if (record instanceof MemoryMap map) {
            checkMappings(map.mappings());
        } else if (record instanceof HeapLayout layout) {
            notNegative("epoch", layout.epoch());
        } else if (record instanceof DirtyPages dirty) {
            notNegative("epoch", dirty.epoch());
            inRange("fromNanos", dirty.fromNanos(), 0, dirty.timeNanos());
        } else if (record instanceof GarbageCollection collection) {
            checkCollection(collection);
        } else if (record instanceof HintEvent hint) {
            notNegative("durationNanos", hint.durationNanos());
            inRange("count", hint.count(), 1, Long.MAX_VALUE);
        } else if (record instanceof ContentSample sample) {
            notNegative("sampledPages", sample.sampledPages());
            inRange("zeroPages", sample.zeroPages(), 0, sample.sampledPages());
            inRange("changedPages", sample.changedPages(), 0, sample.sampledPages());
            notNegative("deltaBytes", sample.deltaBytes());
            notNegative("lz4Bytes", sample.lz4Bytes());
            notNegative("zstdBytes", sample.zstdBytes());
        } else if (record instanceof Loss loss) {
            inRange("records", loss.records(), 1, Long.MAX_VALUE);
        } else if (record instanceof TraceEnd end) {
            notNegative("records", end.records());
        } else if (record instanceof JvmSignals signals) {
            checkSignals(signals);
        } else if (record instanceof DeclaredMemory declared) {
            notNegative("start", declared.start());
            inRange("end", declared.end(), declared.start() + 1, Long.MAX_VALUE);
            notNegative("fileOffset", declared.fileOffset());
        }
    }

    private static void checkFacts(JvmFacts facts) {
        notNegative("heapMaxBytes", facts.heapMaxBytes());
        notNegative("pid", facts.pid());
        inRange("processors", facts.processors(), 1, Integer.MAX_VALUE);
        inRange("pageSizeBytes", facts.pageSizeBytes(), MIN_PAGE_SIZE, MAX_PAGE_SIZE);
        if (Integer.bitCount(facts.pageSizeBytes()) != 1) {
            throw new IllegalArgumentException("pageSizeBytes=" + facts.pageSizeBytes() + " is no power of two");
        }
        notNegative("intervalNanos", facts.intervalNanos());
    }

    private static void checkMappings(List<MemoryMap.Mapping> mappings) {
        long previousEnd = 0;
        for (MemoryMap.Mapping mapping : mappings) {
            if (mapping.start() < previousEnd || mapping.end() <= mapping.start()) {
                throw new IllegalArgumentException("mapping start=0x" + Long.toHexString(mapping.start()) + " end=0x"
                        + Long.toHexString(mapping.end()) + " is empty, or begins before 0x"
                        + Long.toHexString(previousEnd) + " where the one before it ends");
            }
            notNegative("fileOffset", mapping.fileOffset());
            previousEnd = mapping.end();
        }
    }

    private static void checkCollection(GarbageCollection collection) {
        notNegative("durationNanos", collection.durationNanos());
        notNegative("epoch", collection.epoch());
        notNegative("edenBeforeBytes", collection.edenBeforeBytes());
        notNegative("survivorBeforeBytes", collection.survivorBeforeBytes());
        notNegative("survivorAfterBytes", collection.survivorAfterBytes());
        notNegative("oldBeforeBytes", collection.oldBeforeBytes());
        notNegative("oldAfterBytes", collection.oldAfterBytes());
    }

    private static void checkSignals(JvmSignals signals) {
        notNegative("openCriticalSections", signals.openCriticalSections());
        notNegative("oldestCriticalNanos", signals.oldestCriticalNanos());
        inRange("criticalNames", signals.criticalNames().size(), 0, JvmSignals.MAX_NAMES);
        notNegative("quietRemainingNanos", signals.quietRemainingNanos());
        notNegative("busyRemainingNanos", signals.busyRemainingNanos());
        notNegative("edenUsedBytes", signals.edenUsedBytes());
        notNegative("edenCapacityBytes", signals.edenCapacityBytes());
        notNegative("allocatedBytes", signals.allocatedBytes());
        notNegative("collections", signals.collections());
        notNegative("sinceCollectionNanos", signals.sinceCollectionNanos());
        notNegative("compilationNanos", signals.compilationNanos());
        notNegative("codeCacheUsedBytes", signals.codeCacheUsedBytes());
    }

    private static void notNegative(String field, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(field + "=" + value + " is negative");
        }
    }

    private static void inRange(String field, long value, long low, long high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(field + "=" + value + " is not between " + low + " and " + high);
        }
    }
}
