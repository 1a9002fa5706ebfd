package dev.godwit.trace;

import java.util.List;
import java.util.zip.CRC32C;

/** Turns a record into its bytes: envelope, then payload. The field order is specified in {@code FORMAT.md}. */
final class RecordEncoder {
    private final PayloadWriter out = new PayloadWriter();
    private final CRC32C checksum = new CRC32C();

    /**
     * Encodes a record; the bytes are in {@link #array()} from 0 to {@link #size()} until the next call.
     *
     * @throws IllegalArgumentException if a field is out of its range
     * @throws PayloadWriter.RecordTooLargeException if it exceeds {@link TraceLimits#MAX_RECORD_BYTES}
     */
    void encode(TraceRecord record) {
        RecordCheck.check(record);
        out.clear();
        out.putInt(RecordDescriptor.MAGIC);
        out.putShort(RecordDescriptor.VERSION);
        out.putShort(RecordType.of(record).code());
        out.putInt(0);
        out.putInt(0);
        putPayload(record);
        out.setInt(RecordDescriptor.LENGTH_OFFSET, out.size() - RecordDescriptor.PAYLOAD_OFFSET);
        out.setInt(RecordDescriptor.CHECKSUM_OFFSET, checksum());
    }

    byte[] array() {
        return out.array();
    }

    int size() {
        return out.size();
    }

    private int checksum() {
        checksum.reset();
        checksum.update(out.array(), 0, RecordDescriptor.CHECKSUM_OFFSET);
        checksum.update(out.array(), RecordDescriptor.PAYLOAD_OFFSET, out.size() - RecordDescriptor.PAYLOAD_OFFSET);
        return (int) checksum.getValue();
    }

    private void putPayload(TraceRecord record) {
        out.putLong(record.timeNanos());
        if (record instanceof JvmFacts facts) {
            putFacts(facts);
        } else if (record instanceof MachineMemory memory) {
            putMachineMemory(memory);
        } else if (record instanceof MemoryMap map) {
            putMap(map);
        } else if (record instanceof HeapLayout layout) {
            out.putLong(layout.epoch());
            HeapLayoutCodec.encode(layout, out);
        } else if (record instanceof DirtyPages dirty) {
            out.putLong(dirty.fromNanos());
            out.putLong(dirty.epoch());
            PageRunsCodec.encode(dirty.written(), out);
            PageRunsCodec.encode(dirty.assumed(), out);
            PageRunsCodec.encode(dirty.dropped(), out);
        } else if (record instanceof GarbageCollection collection) {
            putCollection(collection);
        } else if (record instanceof HintEvent hint) {
            out.putByte(hint.type().code());
            out.putLong(hint.durationNanos());
            out.putLong(hint.count());
            out.putString(hint.name());
            out.putString(hint.thread());
        } else if (record instanceof ContentSample sample) {
            putSample(sample);
        } else if (record instanceof Notice notice) {
            out.putString(notice.text());
        } else if (record instanceof Loss loss) {
            out.putLong(loss.records());
            out.putString(loss.recordType());
        } else if (record instanceof TraceEnd end) {
            out.putLong(end.records());
            out.putByte(end.reason().code());
        } else if (record instanceof JvmSignals signals) {
            putSignals(signals);
        } else if (record instanceof DeclaredMemory declared) {
            out.putByte(declared.kind().code());
            out.putLong(declared.start());
            out.putLong(declared.end());
            out.putLong(declared.fileOffset());
            out.putString(declared.file());
        }
    }

    private void putFacts(JvmFacts facts) {
        out.putLong(facts.startEpochMillis());
        out.putLong(facts.pid());
        out.putByte(facts.collector().code());
        out.putByte(facts.tracker().code());
        out.putBoolean(facts.edenTracked());
        out.putLong(facts.heapMaxBytes());
        out.putInt(facts.processors());
        out.putInt(facts.pageSizeBytes());
        out.putLong(facts.intervalNanos());
        out.putString(facts.vmName());
        out.putString(facts.vmVersion());
        out.putString(facts.javaVersion());
        out.putString(facts.mainClass());
        List<String> arguments = facts.jvmArguments();
        int count = Math.min(arguments.size(), TraceLimits.MAX_ARGUMENTS);
        out.putVarint(count);
        for (int i = 0; i < count; i++) {
            out.putString(arguments.get(i));
        }
    }

    private void putMachineMemory(MachineMemory memory) {
        out.putLong(memory.totalBytes());
        out.putLong(memory.kernelBytes());
        out.putLong(memory.pageCacheBytes());
        out.putLong(memory.otherProcessesBytes());
        out.putLong(memory.freeBytes());
        out.putLong(memory.jvmResidentBytes());
        out.putLong(memory.pageCacheDirtiedPages());
    }

    private void putMap(MemoryMap map) {
        if (map.mappings().size() > TraceLimits.MAX_MAPPINGS) {
            throw new PayloadWriter.RecordTooLargeException();
        }
        out.putVarint(map.mappings().size());
        long end = 0;
        for (MemoryMap.Mapping mapping : map.mappings()) {
            out.putByte(mapping.kind().code());
            out.putVarint(mapping.start() - end);
            out.putVarint(mapping.end() - mapping.start());
            out.putVarint(mapping.fileOffset());
            out.putString(mapping.permissions());
            out.putString(mapping.file());
            end = mapping.end();
        }
    }

    private void putCollection(GarbageCollection collection) {
        out.putLong(collection.durationNanos());
        out.putLong(collection.epoch());
        out.putByte(collection.type().code());
        out.putBoolean(collection.requested());
        out.putLong(collection.edenBeforeBytes());
        out.putLong(collection.survivorBeforeBytes());
        out.putLong(collection.survivorAfterBytes());
        out.putLong(collection.oldBeforeBytes());
        out.putLong(collection.oldAfterBytes());
        out.putString(collection.collectorName());
        out.putString(collection.action());
        out.putString(collection.cause());
    }

    private void putSignals(JvmSignals signals) {
        out.putLong(signals.openCriticalSections());
        out.putLong(signals.oldestCriticalNanos());
        out.putVarint(signals.criticalNames().size());
        signals.criticalNames().forEach(out::putString);
        out.putLong(signals.quietRemainingNanos());
        out.putLong(signals.busyRemainingNanos());
        out.putLong(signals.edenUsedBytes());
        out.putLong(signals.edenCapacityBytes());
        out.putLong(signals.allocatedBytes());
        out.putLong(signals.collections());
        out.putLong(signals.sinceCollectionNanos());
        out.putBoolean(signals.concurrentCycleRunning());
        out.putLong(signals.compilationNanos());
        out.putLong(signals.codeCacheUsedBytes());
    }

    private void putSample(ContentSample sample) {
        out.putByte(sample.kind().code());
        out.putLong(sample.sampledPages());
        out.putLong(sample.zeroPages());
        out.putLong(sample.changedPages());
        out.putLong(sample.deltaBytes());
        out.putLong(sample.lz4Bytes());
        out.putLong(sample.zstdBytes());
    }
}
