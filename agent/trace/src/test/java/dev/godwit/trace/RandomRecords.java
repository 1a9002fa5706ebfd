package dev.godwit.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Valid records of every type, from a seed. */
final class RandomRecords {
    private static final int TYPES_WITHOUT_FACTS_AND_END = 11;

    private final Random random;

    RandomRecords(long seed) {
        random = new Random(seed);
    }

    JvmFacts facts() {
        return new JvmFacts(
                0,
                random.nextLong(),
                random.nextInt(1 << 22),
                text(),
                text(),
                text(),
                text(),
                List.of(text(), "", text()),
                pick(Collector.values()),
                amount(),
                1 + random.nextInt(128),
                1 << (9 + random.nextInt(12)),
                pick(PageTracker.values()),
                random.nextBoolean(),
                amount());
    }

    /** Facts, then {@code count} records of the other types in turn. */
    List<TraceRecord> trace(int count) {
        List<TraceRecord> records = new ArrayList<>();
        records.add(facts());
        for (int i = 0; i < count; i++) {
            records.add(record(i));
        }
        return records;
    }

    TraceRecord record(int type) {
        return switch (type % TYPES_WITHOUT_FACTS_AND_END) {
            case 0 -> new MachineMemory(amount(), amount(), amount(), amount(), amount(), amount(), amount(), amount());
            case 1 -> memoryMap();
            case 2 -> heapLayout(random.nextInt(300));
            case 3 -> dirtyPages();
            case 4 ->
                new GarbageCollection(
                        amount(),
                        amount(),
                        amount(),
                        pick(GarbageCollection.Type.values()),
                        text(),
                        text(),
                        text(),
                        random.nextBoolean(),
                        amount(),
                        amount(),
                        amount(),
                        amount(),
                        amount());
            case 5 ->
                new HintEvent(
                        amount(), pick(HintEvent.Type.values()), text(), text(), amount(), 1 + random.nextInt(100));
            case 6 -> contentSample();
            case 7 -> new Notice(amount(), text());
            case 8 -> signals();
            case 9 -> declaredMemory();
            default -> new Loss(amount(), "random " + text(), 1 + random.nextInt(100));
        };
    }

    JvmSignals signals() {
        List<String> names = new ArrayList<>();
        for (int i = random.nextInt(JvmSignals.MAX_NAMES + 1); i > 0; i--) {
            names.add(text());
        }
        return new JvmSignals(
                amount(),
                amount(),
                amount(),
                names,
                amount(),
                amount(),
                amount(),
                amount(),
                amount(),
                amount(),
                amount(),
                random.nextBoolean(),
                amount(),
                amount());
    }

    DeclaredMemory declaredMemory() {
        long start = amount() / 2;
        return new DeclaredMemory(
                amount(),
                pick(DeclaredMemory.Kind.values()),
                start,
                start + 1 + random.nextInt(1 << 20),
                text(),
                amount());
    }

    DirtyPages dirtyPages() {
        long from = amount() / 2;
        return new DirtyPages(
                from,
                from + amount() / 2,
                amount(),
                pages(),
                random.nextBoolean() ? PageRuns.empty() : pages(),
                pages());
    }

    HeapLayout heapLayout(int spaces) {
        SpaceKind[] kinds = new SpaceKind[spaces];
        long[] bottoms = new long[spaces];
        long[] tops = new long[spaces];
        long[] ends = new long[spaces];
        long end = 0x7_0000_0000L;
        long size = 1L << (20 + random.nextInt(6));
        for (int i = 0; i < spaces; i++) {
            kinds[i] = pick(SpaceKind.values());
            bottoms[i] = end + (random.nextInt(8) == 0 ? random.nextInt(1 << 20) : 0);
            long thisSize = random.nextInt(8) == 0 ? random.nextInt(1 << 24) : size;
            end = bottoms[i] + thisSize;
            ends[i] = end;
            tops[i] = switch (random.nextInt(3)) {
                case 0 -> bottoms[i];
                case 1 -> end;
                default -> bottoms[i] + (long) (random.nextDouble() * thisSize);
            };
        }
        return new HeapLayout(amount(), amount(), kinds, bottoms, tops, ends);
    }

    PageRuns pages() {
        PageRuns.Builder builder = new PageRuns.Builder();
        long page = amount() % (TraceLimits.MAX_PAGE / 2);
        for (int i = random.nextInt(200); i > 0; i--) {
            int count = 1 + random.nextInt(1 << random.nextInt(20));
            builder.add(page, count);
            page += count + 1 + random.nextInt(1 << random.nextInt(20));
        }
        return builder.build();
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(40); i > 0; i--) {
            text.appendCodePoint(random.nextInt(8) == 0 ? 0x1F600 + random.nextInt(64) : 'a' + random.nextInt(26));
        }
        return text.toString();
    }

    private MemoryMap memoryMap() {
        List<MemoryMap.Mapping> mappings = new ArrayList<>();
        long address = 0x1000;
        for (int i = random.nextInt(100); i > 0; i--) {
            long start = address + random.nextInt(3) * 4096L;
            address = start + (1 + random.nextInt(1 << 20)) * 4096L;
            mappings.add(new MemoryMap.Mapping(start, address, pick(MappingKind.values()), "rw-p", text(), amount()));
        }
        return new MemoryMap(amount(), mappings);
    }

    private ContentSample contentSample() {
        long sampled = amount();
        long zero = (long) (sampled * random.nextDouble());
        return new ContentSample(
                amount(), pick(MemoryKind.values()), sampled, zero, sampled - zero, amount(), amount(), amount());
    }

    /** Not negative, of any order of magnitude. */
    private long amount() {
        return random.nextLong() >>> (1 + random.nextInt(63));
    }

    private <E> E pick(E[] values) {
        return values[random.nextInt(values.length)];
    }
}
