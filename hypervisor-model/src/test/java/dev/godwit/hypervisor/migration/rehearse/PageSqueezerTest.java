package dev.godwit.hypervisor.migration.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.page.Compression;
import dev.godwit.hypervisor.page.Encoding;
import dev.godwit.hypervisor.page.EncodingReport;
import dev.godwit.hypervisor.stream.ControlRecord;
import dev.godwit.hypervisor.stream.PageBatch;
import dev.godwit.hypervisor.stream.PageCounts;
import dev.godwit.hypervisor.stream.PageRun;
import dev.godwit.hypervisor.stream.PagesRecord;
import dev.godwit.hypervisor.stream.RoundKind;
import dev.godwit.hypervisor.stream.StreamException;
import dev.godwit.hypervisor.stream.StreamReader;
import dev.godwit.hypervisor.stream.StreamRecord;
import dev.godwit.hypervisor.stream.StreamSession;
import dev.godwit.hypervisor.stream.StreamWriter;
import dev.godwit.hypervisor.stream.WireEncoding;
import dev.godwit.trace.MemoryKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PageSqueezerTest {
    private static final int PAGE = 4096;
    private static final int PAGES = 600;
    private static final int ROUNDS = 4;

    /** Where the smallest page wins, whatever this machine can do. */
    private static final long SLOW_LINK = 1000;

    private final SplittableRandom random = new SplittableRandom(7);
    private final byte[][] pages = new byte[PAGES][PAGE];

    PageSqueezerTest() {
        for (byte[] page : pages) {
            random.nextBytes(page);
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void everyPageIsRestoredAsItWasWhenItWasSentLast(Compression compression) throws Exception {
        try (HeldMemory held = new HeldMemory(PAGE, PAGES)) {
            squeeze(compression, 1 << 20, held);

            for (int i = 0; i < PAGES; i++) {
                byte[] restored = new byte[PAGE];
                held.held(i).get(restored);
                assertThat(restored).as("page " + i).isEqualTo(pages[i]);
            }
        }
    }

    @Test
    void onASlowLinkEachKindOfMemoryIsSentTheWayThatMakesItSmallest() throws Exception {
        try (HeldMemory held = new HeldMemory(PAGE, PAGES)) {
            EncodingReport report = squeeze(Compression.AUTO, 4 << 20, held);

            Map<MemoryKind, EncodingReport.Kind> kinds =
                    report.kinds().stream().collect(Collectors.toMap(EncodingReport.Kind::kind, kind -> kind));
            assertThat(kinds.get(MemoryKind.EDEN).first()).isEqualTo(Encoding.RAW);
            assertThat(kinds.get(MemoryKind.OLD).first()).isIn(Encoding.LZ4, Encoding.ZSTD);
            assertThat(kinds.get(MemoryKind.METASPACE).again()).isEqualTo(Encoding.DELTA);
            assertThat(kinds.get(MemoryKind.METASPACE).pages()).containsKey(Encoding.DELTA);
        }
    }

    @Test
    void aDeltaOfAPageThatNeverCameAndRubbishAreRefusedInOneLine() {
        try (HeldMemory held = new HeldMemory(PAGE, PAGES);
                PageUnpacker unpacker = new PageUnpacker(PAGE)) {
            for (WireEncoding encoding : List.of(WireEncoding.DELTA, WireEncoding.LZ4, WireEncoding.ZSTD)) {
                assertThatThrownBy(() -> unpacker.unpack(encoding, 7, ByteBuffer.wrap(new byte[] {1, 2, 3}), held))
                        .isInstanceOf(StreamException.class)
                        .hasMessageStartingWith("page 7: ")
                        .message()
                        .doesNotContain("\n");
            }
        }
    }

    /** Sends all pages, round for round, some of them changed in between; a third each random, repetitive, changed a little. */
    private EncodingReport squeeze(Compression compression, long cacheBytes, HeldMemory held) throws Exception {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        StreamWriter writer = StreamWriter.forward(new StreamSession(), Channels.newChannel(wire));
        writer.write(new ControlRecord.Hello(new byte[16], 0, new byte[0]));
        writer.write(new ControlRecord.Guest(PAGE, 0, "test", "pre-copy"));
        writer.write(new ControlRecord.Ranges(List.of(new PageRun(0, PAGES))));
        PageBatch batch = new PageBatch(PAGE, PAGES, PAGES * PAGE);
        EncodingReport report;
        try (PageSqueezer squeezer = new PageSqueezer(compression, cacheBytes, SLOW_LINK, PAGE)) {
            for (int round = 1; round <= ROUNDS; round++) {
                writer.write(new ControlRecord.RoundBegin(round, RoundKind.LIVE));
                for (int i = 0; i < PAGES; i++) {
                    change(i);
                    squeezer.put(i, i, kind(i).code(), ByteBuffer.wrap(pages[i]), batch);
                }
                PageCounts counts = batch.counts().copy();
                writer.write(batch);
                writer.write(new ControlRecord.RoundEnd(round, counts));
                squeezer.endRound();
            }
            report = squeezer.report();
        }
        receive(wire.toByteArray(), held);
        return report;
    }

    private static MemoryKind kind(int page) {
        return List.of(MemoryKind.EDEN, MemoryKind.OLD, MemoryKind.METASPACE).get(page % 3);
    }

    private void change(int page) {
        int kind = page % 3;
        if (kind == 0) {
            random.nextBytes(pages[page]);
        } else if (kind == 1) {
            Arrays.fill(pages[page], (byte) (1 + random.nextInt(100)));
        } else {
            pages[page][random.nextInt(PAGE)]++;
        }
    }

    private static void receive(byte[] wire, HeldMemory held) throws Exception {
        StreamReader reader =
                StreamReader.forward(new StreamSession(), Channels.newChannel(new ByteArrayInputStream(wire)));
        try (PageUnpacker unpacker = new PageUnpacker(PAGE)) {
            int rounds = 0;
            while (rounds < ROUNDS) {
                StreamRecord record = reader.next();
                rounds += record instanceof ControlRecord.RoundEnd ? 1 : 0;
                if (record instanceof PagesRecord sent) {
                    while (sent.next()) {
                        ByteBuffer data = sent.data();
                        boolean raw = sent.encoding() == WireEncoding.RAW;
                        held.put(
                                sent.firstPage(),
                                sent.pages(),
                                raw ? data : unpacker.unpack(sent.encoding(), sent.firstPage(), data, held));
                    }
                }
            }
        }
    }
}
