package dev.godwit.hypervisor.stream;

import static dev.godwit.hypervisor.stream.Direction.FORWARD;
import static dev.godwit.hypervisor.stream.Direction.REVERSE;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.godwit.hypervisor.stream.verify.CaptureBytes;
import dev.godwit.hypervisor.stream.verify.Findings;
import dev.godwit.hypervisor.stream.verify.StreamVerifier;
import dev.godwit.trace.PageDelta;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jpountz.lz4.LZ4Factory;
import org.junit.jupiter.api.Test;

/** Random migrations through writer, reader and verifier. */
class RandomStreamTest {
    private static final int PAGE = SmallStreams.PAGE;

    /** What was written, as the reader has to give it back: control records, and pages one by one. */
    private final List<Object> written = new ArrayList<>();

    private final TreeMap<Long, byte[]> source = new TreeMap<>();
    private final TreeMap<Long, byte[]> sent = new TreeMap<>();
    private final PageBatch batch = new PageBatch(PAGE, 8, 5 * PAGE);
    private StreamWriter writer;
    private SplittableRandom random;

    private record Page(long number, WireEncoding encoding, ByteBuffer data) {}

    @Test
    void whatIsWrittenIsReadAndVerified() throws IOException {
        for (long seed = 0; seed < 150; seed++) {
            random = new SplittableRandom(seed);
            written.clear();
            source.clear();
            sent.clear();
            Bytes.Sink sink = new Bytes.Sink();
            writer = StreamWriter.capture(sink);
            migrate();
            assertThat(readBack(sink.bytes())).as("seed %d", seed).isEqualTo(written);
            Findings findings = StreamVerifier.verify(CaptureBytes.of(sink.bytes()));
            assertThat(findings.outcome()).isEqualTo(Findings.Outcome.AT_DESTINATION);
            assertThat(findings.pages()).isEqualTo(source.size());
            assertThat(findings.hashedPages()).isEqualTo(sent.size()).isPositive();
            assertThat(findings.rounds().stream()
                            .mapToLong(Findings.Round::dataBytes)
                            .sum())
                    .isEqualTo(writer.carried(FORWARD).dataBytes());
        }
    }

    private void migrate() throws IOException {
        byte[] session = new byte[16];
        put(FORWARD, new ControlRecord.Hello(session, 0, new byte[random.nextInt(65)]));
        put(FORWARD, new ControlRecord.Guest(PAGE, 0, "guest \u00e4", "pre-copy"));
        addRanges(0);
        put(REVERSE, new ControlRecord.Ready(session, 0, new byte[0]));
        int rounds = random.nextInt(4);
        int round = 1;
        for (; round <= rounds; round++) {
            round(round, RoundKind.LIVE, 0.7, false);
            if (random.nextBoolean()) {
                put(REVERSE, new ControlRecord.Arrived(round));
            }
            mutate();
            if (random.nextInt(3) == 0) {
                addRanges(round * 1000L);
            }
        }
        put(FORWARD, new ControlRecord.Paused());
        round(round, RoundKind.PAUSED, random.nextDouble(), true);
        List<Long> missing = new ArrayList<>();
        for (long number : source.keySet()) {
            if (!isCurrent(number)) {
                missing.add(number);
            }
        }
        put(
                FORWARD,
                new ControlRecord.Missing(
                        missing.stream().map(each -> new PageRun(each, 1)).toList()));
        put(FORWARD, new ControlRecord.State(ControlRecord.State.DEVICE, 3, new byte[1 + random.nextInt(100_000)]));
        PageHash hash = new PageHash();
        for (long number : source.keySet()) {
            put(FORWARD, new ControlRecord.Hashes(number, new long[] {hash.of(source.get(number), 0, PAGE)}));
        }
        put(FORWARD, new ControlRecord.SwitchOver(missing.size()));
        put(REVERSE, new ControlRecord.Resumed());
        begin(FORWARD, round + 1, RoundKind.DEMAND);
        PageCounts before = writer.carried(FORWARD);
        for (long number : missing) {
            if (random.nextInt(4) == 0) {
                flush();
                put(REVERSE, new ControlRecord.Request(number));
                batch.answersRequest();
            }
            send(number, true);
        }
        flush();
        endRound(round + 1, before);
        SmallStreams.end(writer);
    }

    private boolean isCurrent(long number) {
        return java.util.Arrays.equals(source.get(number), sent.get(number));
    }

    private void addRanges(long from) throws IOException {
        List<PageRun> runs = new ArrayList<>();
        long at = from + random.nextInt(10);
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            PageRun run = new PageRun(at, 1 + random.nextInt(6), random.nextInt(15));
            runs.add(run);
            for (long page = run.first(); page < run.end(); page++) {
                source.put(page, random.nextInt(4) == 0 ? new byte[PAGE] : SmallStreams.page(random.nextInt(), page));
            }
            at = run.end() + random.nextInt(3);
        }
        put(FORWARD, new ControlRecord.Ranges(runs));
    }

    private void mutate() {
        for (byte[] page : source.values()) {
            for (int i = random.nextInt(3) * random.nextInt(40); i > 0; i--) {
                page[random.nextInt(PAGE)] = (byte) random.nextInt();
            }
        }
    }

    private void round(int number, RoundKind kind, double share, boolean last) throws IOException {
        begin(FORWARD, number, kind);
        PageCounts before = writer.carried(FORWARD);
        for (long page : source.keySet()) {
            if (random.nextDouble() < share && !(last && isCurrent(page))) {
                send(page, false);
            }
        }
        flush();
        endRound(number, before);
    }

    private void begin(Direction direction, int round, RoundKind kind) throws IOException {
        put(direction, new ControlRecord.RoundBegin(round, kind));
    }

    private void endRound(int number, PageCounts before) throws IOException {
        PageCounts now = writer.carried(FORWARD);
        PageCounts counts = new PageCounts();
        for (WireEncoding encoding : WireEncoding.values()) {
            counts.add(encoding, now.pages(encoding) - before.pages(encoding), 0);
        }
        counts.add(WireEncoding.ZERO, 0, now.dataBytes() - before.dataBytes());
        put(FORWARD, new ControlRecord.RoundEnd(number, counts));
    }

    private void send(long number, boolean current) throws IOException {
        byte[] page = source.get(number);
        byte[] data = {};
        WireEncoding encoding = WireEncoding.RAW;
        int choice = random.nextInt(5);
        if (java.util.Arrays.equals(page, new byte[PAGE])) {
            encoding = WireEncoding.ZERO;
        } else if (!current && choice == 0) {
            encoding = WireEncoding.DROPPED;
        } else if (choice == 1 && sent.containsKey(number)) {
            byte[] out = new byte[PAGE];
            int size = PageDelta.encode(sent.get(number), 0, page, 0, PAGE, out, 0, PAGE - 1);
            encoding = WireEncoding.DELTA;
            data = java.util.Arrays.copyOf(out, Math.max(0, size));
            if (size < 0) {
                encoding = WireEncoding.RAW;
            }
        } else if (choice == 2) {
            encoding = WireEncoding.LZ4;
            data = LZ4Factory.safeInstance().fastCompressor().compress(page);
        } else if (choice == 3) {
            encoding = WireEncoding.ZSTD;
            data = Zstd.compress(page);
        }
        if (encoding == WireEncoding.RAW || (encoding.isCompressed() && data.length >= PAGE)) {
            encoding = WireEncoding.RAW;
            data = page;
        }
        if (!batch.hasRoom(1)) {
            flush();
        }
        add(number, encoding, data);
        written.add(new Page(number, encoding, ByteBuffer.wrap(data.clone())));
        if (encoding == WireEncoding.DROPPED) {
            sent.remove(number);
        } else {
            sent.put(number, page.clone());
        }
    }

    private void add(long number, WireEncoding encoding, byte[] data) {
        switch (encoding) {
            case ZERO -> batch.zero(number, 1);
            case DROPPED -> batch.dropped(number, 1);
            case STORED -> batch.stored(number, 1);
            case RAW -> {
                batch.room().put(data);
                batch.raw(number, 1);
            }
            case DELTA, LZ4, ZSTD -> {
                batch.room().put(data);
                batch.encoded(number, encoding, data.length);
            }
        }
    }

    private void flush() throws IOException {
        writer.write(FORWARD, batch);
    }

    private void put(Direction direction, ControlRecord record) throws IOException {
        written.add(payload(record));
        writer.write(direction, record);
    }

    /** Type and fields of a record, so that two can be compared. */
    private static Object payload(ControlRecord record) {
        ByteBuffer payload = ByteBuffer.allocate(1 << 18).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        payload.put((byte) record.type().code());
        RecordCodec.encode(record, payload);
        return payload.flip();
    }

    private List<Object> readBack(byte[] stream) throws IOException {
        List<Object> read = new ArrayList<>();
        StreamReader reader = StreamReader.capture(new Bytes.Source(stream, stream.length, 1 + random.nextInt(9000)));
        for (StreamRecord record = reader.next(); record != null; record = reader.next()) {
            if (record instanceof PagesRecord pages) {
                while (pages.next()) {
                    ByteBuffer data = pages.data();
                    for (int i = 0; i < pages.pages(); i++) {
                        byte[] bytes = new byte[data.remaining() / (pages.pages() - i)];
                        data.get(bytes);
                        read.add(new Page(pages.firstPage() + i, pages.encoding(), ByteBuffer.wrap(bytes)));
                    }
                }
            } else {
                read.add(payload((ControlRecord) record));
            }
        }
        // Completed, Acknowledged and the two Ends are written by the helper.
        return read.subList(0, read.size() - 4);
    }
}
