package dev.godwit.hypervisor.cli;

import dev.godwit.trace.Collector;
import dev.godwit.trace.ContentSample;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.HintEvent;
import dev.godwit.trace.JvmFacts;
import dev.godwit.trace.Loss;
import dev.godwit.trace.MachineMemory;
import dev.godwit.trace.MappingKind;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.MemoryMap;
import dev.godwit.trace.Notice;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.PageTracker;
import dev.godwit.trace.SpaceKind;
import dev.godwit.trace.TraceEnd;
import dev.godwit.trace.TraceRecord;
import dev.godwit.trace.TraceWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A trace of two seconds of a JVM with a heap of eight regions of a mebibyte, at 1 MiB: Eden, survivor, old, five free.
 * In each second, all of Eden, half of the survivor region and 16 pages of the code cache are written.
 */
public final class SampleTrace {
    static final long MIB = 1 << 20;
    static final int PAGES_PER_MIB = 256;
    private static final long SECOND = 1_000_000_000;

    private SampleTrace() {}

    /** Writes it. */
    public static Path write(Path directory) throws IOException {
        try (TraceWriter writer = TraceWriter.create(directory, 64 * MIB)) {
            records().forEach(writer::offer);
            writer.close(TraceEnd.Reason.COMPLETED);
        }
        return directory;
    }

    static List<TraceRecord> records() {
        PageRuns written = new PageRuns.Builder()
                .add(PAGES_PER_MIB, PAGES_PER_MIB + PAGES_PER_MIB / 2)
                .add(64 * PAGES_PER_MIB, 16)
                .build();
        return List.of(
                new JvmFacts(
                        0,
                        1_700_000_000_000L,
                        4711,
                        "OpenJDK 64-Bit Server VM",
                        "17.0.15+6",
                        "17.0.15",
                        "com.example.Service",
                        List.of("-Xmx8m"),
                        Collector.G1,
                        8 * MIB,
                        2,
                        4096,
                        PageTracker.USERFAULTFD_WP_ASYNC,
                        true,
                        SECOND),
                new MachineMemory(0, 1024 * MIB, 100 * MIB, 200 * MIB, 300 * MIB, 400 * MIB, 24 * MIB, 12),
                new MemoryMap(
                        0,
                        List.of(
                                new MemoryMap.Mapping(MIB, 9 * MIB, MappingKind.HEAP, "rw-p", "", 0),
                                new MemoryMap.Mapping(64 * MIB, 66 * MIB, MappingKind.CODE_CACHE, "rwxp", "", 0))),
                layout(),
                new DirtyPages(0, 0, 3, written, PageRuns.empty(), PageRuns.empty()),
                new DirtyPages(0, SECOND, 3, written, PageRuns.empty(), PageRuns.empty()),
                new GarbageCollection(
                        SECOND,
                        4_000_000,
                        4,
                        GarbageCollection.Type.YOUNG,
                        "G1 Young Generation",
                        "end of minor GC",
                        "G1 Evacuation Pause",
                        false,
                        MIB,
                        MIB,
                        MIB,
                        MIB,
                        MIB),
                new HintEvent(SECOND, HintEvent.Type.CRITICAL_CLOSE, "settlement", "main", 7_000_000, 1),
                new ContentSample(SECOND, MemoryKind.EDEN, 10, 2, 4, 8192, 16384, 8192),
                new Notice(SECOND, "something to know"),
                new Loss(SECOND, "MemoryMap", 2),
                new DirtyPages(SECOND, 2 * SECOND, 4, written, PageRuns.empty(), PageRuns.empty()));
    }

    static HeapLayout layout() {
        SpaceKind[] kinds = {
            SpaceKind.EDEN,
            SpaceKind.SURVIVOR,
            SpaceKind.OLD,
            SpaceKind.FREE,
            SpaceKind.FREE,
            SpaceKind.FREE,
            SpaceKind.FREE,
            SpaceKind.FREE
        };
        long[] bottoms = new long[8];
        long[] tops = new long[8];
        long[] ends = new long[8];
        for (int i = 0; i < 8; i++) {
            bottoms[i] = (i + 1) * MIB;
            tops[i] = kinds[i] == SpaceKind.FREE ? bottoms[i] : bottoms[i] + MIB;
            ends[i] = bottoms[i] + MIB;
        }
        return new HeapLayout(0, 3, kinds, bottoms, tops, ends);
    }

    /** Cuts the trace's file to its first bytes. */
    static void cut(Path directory, long bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(queueFile(directory).toFile(), "rw")) {
            file.setLength(bytes);
        }
    }

    /** Makes the first record one of a later version, with a checksum that fits. */
    static void makeNewer(Path directory) throws IOException {
        Path path = queueFile(directory);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        int record = firstRecord(bytes);
        bytes.putShort(record + 4, (short) 99);
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.array(), record, 12);
        checksum.update(bytes.array(), record + 16, bytes.getInt(record + 8));
        bytes.putInt(record + 12, (int) checksum.getValue());
        Files.write(path, bytes.array());
    }

    /** Changes a byte of the first record's payload. */
    static void damage(Path directory) throws IOException {
        Path path = queueFile(directory);
        byte[] bytes = Files.readAllBytes(path);
        bytes[firstRecord(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)) + 20] ^= 0x55;
        Files.write(path, bytes);
    }

    /** Each record begins with the letters GDWT; FORMAT.md has the rest. */
    private static int firstRecord(ByteBuffer bytes) {
        for (int i = 0; i + 16 < bytes.limit(); i++) {
            if (bytes.getInt(i) == 0x54574447) {
                return i;
            }
        }
        throw new AssertionError("no record in the trace");
    }

    private static Path queueFile(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".cq4"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
