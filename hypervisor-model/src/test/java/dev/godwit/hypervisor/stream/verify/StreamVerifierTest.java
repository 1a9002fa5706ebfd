package dev.godwit.hypervisor.stream.verify;

import static dev.godwit.hypervisor.stream.Direction.FORWARD;
import static dev.godwit.hypervisor.stream.Direction.REVERSE;
import static dev.godwit.hypervisor.stream.SmallStreams.PAGE;
import static dev.godwit.hypervisor.stream.SmallStreams.control;
import static dev.godwit.hypervisor.stream.SmallStreams.round;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.stream.ControlRecord;
import dev.godwit.hypervisor.stream.PageRun;
import dev.godwit.hypervisor.stream.RoundKind;
import dev.godwit.hypervisor.stream.SmallStreams;
import dev.godwit.hypervisor.stream.SmallStreams.Part;
import dev.godwit.hypervisor.stream.StreamFormat;
import dev.godwit.hypervisor.stream.WireEncoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the verifier sees that framing and the order of one direction do not show. */
class StreamVerifierTest {
    private static final Part PAUSED = control(FORWARD, new ControlRecord.Paused());
    private static final Part SWITCH = control(FORWARD, new ControlRecord.SwitchOver(0));
    private static final Part RESUMED = control(REVERSE, new ControlRecord.Resumed());
    private static final Part ALL_ZERO = round(FORWARD, 1, RoundKind.LIVE, batch -> batch.zero(100, 5));

    @TempDir
    private Path directory;

    @Test
    void itSaysWhatAStreamHolds() throws IOException {
        Path file = Files.write(directory.resolve("a.stream"), SmallStreams.preCopy());
        Findings findings = StreamVerifier.verify(file);
        assertThat(findings.name()).isEqualTo("orders");
        assertThat(findings.technique()).isEqualTo("pre-copy");
        assertThat(findings.pageBytes()).isEqualTo(4096);
        assertThat(findings.pages()).isEqualTo(5);
        assertThat(findings.bytes()).isEqualTo(Files.size(file));
        assertThat(findings.rounds()).hasSize(2);
        assertThat(findings.rounds().get(0).kind()).isEqualTo("live");
        assertThat(findings.rounds().get(0).pagesByEncoding()).containsExactly(2L, 1L, 0L, 0L, 0L, 0L, 0L);
        assertThat(findings.rounds().get(1).pagesByEncoding()).containsExactly(0L, 0L, 1L, 0L, 0L, 1L, 1L);
        assertThat(findings.hashedPages()).isEqualTo(3);
        assertThat(findings.decodedPages()).isEqualTo(4);
        assertThat(findings.outcome()).isEqualTo(Findings.Outcome.AT_DESTINATION);
    }

    @Test
    void itFollowsAVmThatComesHome() throws IOException {
        Findings findings = verify(SmallStreams.cancelledPostCopy());
        assertThat(findings.outcome()).isEqualTo(Findings.Outcome.AT_SOURCE);
        assertThat(findings.reason()).isEqualTo("the operator wants it back");
        assertThat(findings.missingPages()).isEqualTo(4);
        assertThat(findings.requests()).isEqualTo(2);
        assertThat(findings.refusals()).isEqualTo(1);
        assertThat(findings.consistentPoints()).isEqualTo(2);
        assertThat(verify(SmallStreams.cancelledEarly()).outcome()).isEqualTo(Findings.Outcome.CANCELLED);
        assertThat(verify(SmallStreams.failed()).reason()).isEqualTo("the destination is gone");
    }

    @Test
    void aPageThatDiffersFromItsHashIsFound() {
        refuses(
                "page 102 at the destination differs from the source's",
                ALL_ZERO,
                PAUSED,
                control(FORWARD, new ControlRecord.Hashes(102, new long[] {77})),
                SWITCH,
                RESUMED,
                SmallStreams::end);
    }

    @Test
    void aStoredPageIsComparedByWhatTheDestinationFoundInItsFile() throws IOException {
        assertThat(verify(SmallStreams.fromFiles()).hashedPages()).isEqualTo(2);
        byte[] asked = SmallStreams.capture(
                writer -> {
                    byte[] session = new byte[16];
                    writer.write(FORWARD, new ControlRecord.Hello(session, StreamFormat.FEATURE_FILES, new byte[0]));
                    writer.write(FORWARD, new ControlRecord.Guest(PAGE, 0, "orders", "pre-copy"));
                    writer.write(FORWARD, new ControlRecord.Ranges(List.of(new PageRun(100, 1, 3))));
                    writer.write(REVERSE, new ControlRecord.Ready(session, StreamFormat.FEATURE_FILES, new byte[0]));
                },
                control(FORWARD, new ControlRecord.Stored(100, 1, 0, "/f")),
                control(REVERSE, new ControlRecord.StoredHashes(100, new long[] {5})),
                round(FORWARD, 1, RoundKind.LIVE, batch -> batch.stored(100, 1)),
                PAUSED,
                control(FORWARD, new ControlRecord.Hashes(100, new long[] {6})),
                SWITCH,
                RESUMED,
                SmallStreams::end);
        assertThatThrownBy(() -> verify(asked)).hasMessageContaining("page 100 at the destination differs");
    }

    @Test
    void aPageThatNeverWentOverIsFound() {
        refuses(
                "page 104 never went over",
                round(FORWARD, 1, RoundKind.LIVE, batch -> batch.zero(100, 4)),
                PAUSED,
                SWITCH,
                RESUMED,
                SmallStreams::end);
    }

    @Test
    void aPageTwiceInARoundIsFound() {
        refuses("page 101 is twice in one round", round(FORWARD, 1, RoundKind.LIVE, batch -> {
            batch.zero(100, 2);
            batch.dropped(101, 1);
        }));
    }

    @Test
    void aDeltaOfWhatTheDestinationDoesNotHaveIsFound() {
        Part delta = round(FORWARD, 2, RoundKind.LIVE, batch -> batch.encoded(101, WireEncoding.DELTA, 0));
        refuses(
                "a delta of page 101, of which the destination has no version",
                round(FORWARD, 1, RoundKind.LIVE, batch -> batch.zero(100, 1)),
                delta);
        refuses(
                "a delta of page 101, of which the destination has no version",
                round(FORWARD, 1, RoundKind.LIVE, batch -> batch.dropped(100, 5)),
                delta);
        refuses(
                "a delta of page 101, of which the destination has no version",
                round(FORWARD, 1, RoundKind.LIVE, batch -> batch.stored(100, 5)),
                delta);
    }

    @Test
    void dataThatIsNoPageIsFound() {
        for (WireEncoding encoding : List.of(WireEncoding.LZ4, WireEncoding.ZSTD, WireEncoding.DELTA)) {
            refuses("page 100: ", ALL_ZERO, round(FORWARD, 2, RoundKind.LIVE, batch -> {
                batch.room().put(new byte[] {(byte) 0xFF, 3, 3, 3});
                batch.encoded(100, encoding, 4);
            }));
        }
    }

    @Test
    void aPageOnDemandThatWasNotMissingIsFound() {
        Part missing = control(FORWARD, new ControlRecord.Missing(List.of(new PageRun(100, 1))));
        Part over = control(FORWARD, new ControlRecord.SwitchOver(1));
        refuses(
                "page 101 comes on demand, and was not missing",
                ALL_ZERO,
                PAUSED,
                missing,
                over,
                RESUMED,
                round(FORWARD, 2, RoundKind.DEMAND, batch -> batch.zero(101, 1)));
        refuses("1 pages are still missing", ALL_ZERO, PAUSED, missing, over, RESUMED, SmallStreams::end);
        refuses("page 100 is missing twice", ALL_ZERO, PAUSED, missing, missing);
    }

    @Test
    void whatNeedsBothDirectionsIsHeldAgainstBoth() {
        refuses("Completed before Resumed", ALL_ZERO, PAUSED, SWITCH, SmallStreams::end);
        refuses("Resumed without SwitchOver", ALL_ZERO, RESUMED);
        refuses("Arrived of round 1, which is not over", control(REVERSE, new ControlRecord.Arrived(1)));
        refuses(
                "page 103 is refused for reason 1, which it is not",
                ALL_ZERO,
                PAUSED,
                SWITCH,
                RESUMED,
                control(REVERSE, new ControlRecord.Request(103)),
                control(FORWARD, new ControlRecord.Refused(103, ControlRecord.Refused.DROPPED)));
    }

    @Test
    void whatTheDestinationFoundWrongIsTold() {
        refuses(
                "the destination found 2 pages that differ, the first is 101",
                ALL_ZERO,
                PAUSED,
                SWITCH,
                control(REVERSE, new ControlRecord.Verified(5, 2, 101)));
    }

    @Test
    void aConsistentPointNeedsARoundAndAState() {
        Part back = round(REVERSE, 1, RoundKind.BACK, batch -> batch.zero(100, 1));
        Part state = control(REVERSE, new ControlRecord.State(1, 0, new byte[1]));
        refuses(
                "a last point of a migration that is not cancelled",
                ALL_ZERO,
                PAUSED,
                SWITCH,
                RESUMED,
                back,
                state,
                control(REVERSE, new ControlRecord.ConsistentPoint(1, true)));
        refuses("the file ends before the forward direction does", ALL_ZERO, PAUSED, SWITCH, RESUMED, back, state);
    }

    @Test
    void aDeltaOfADeltaOfACompressedPageIsRestored() throws IOException {
        byte[] zeros = new byte[PAGE];
        byte[] one = zeros.clone();
        one[0] = 1;
        byte[] two = one.clone();
        two[4000] = 2;
        byte[] lz4 = net.jpountz.lz4.LZ4Factory.safeInstance().fastCompressor().compress(zeros);
        long hash = PageContents.hash(two, 0, PAGE);
        Findings findings = verify(SmallStreams.capture(
                SmallStreams::begin,
                round(FORWARD, 1, RoundKind.LIVE, batch -> {
                    batch.zero(100, 4);
                    batch.room().put(lz4);
                    batch.encoded(104, WireEncoding.LZ4, lz4.length);
                }),
                round(FORWARD, 2, RoundKind.LIVE, batch -> delta(batch, zeros, one)),
                round(FORWARD, 3, RoundKind.LIVE, batch -> delta(batch, one, two)),
                PAUSED,
                control(FORWARD, new ControlRecord.Hashes(104, new long[] {hash})),
                SWITCH,
                RESUMED,
                SmallStreams::end));
        assertThat(findings.hashedPages()).isEqualTo(1);
    }

    private static void delta(dev.godwit.hypervisor.stream.PageBatch batch, byte[] before, byte[] now) {
        byte[] out = new byte[PAGE];
        int size = dev.godwit.trace.PageDelta.encode(before, 0, now, 0, PAGE, out, 0, PAGE);
        batch.room().put(out, 0, size);
        batch.encoded(104, WireEncoding.DELTA, size);
    }

    private static Findings verify(byte[] stream) throws IOException {
        return StreamVerifier.verify(CaptureBytes.of(stream));
    }

    private static void refuses(String why, Part... parts) {
        List<Part> all = new ArrayList<>(List.of(SmallStreams::begin));
        all.addAll(Arrays.asList(parts));
        byte[] stream = SmallStreams.capture(all.toArray(Part[]::new));
        assertThatThrownBy(() -> verify(stream))
                .isInstanceOf(StreamRefused.class)
                .hasMessageContaining(why);
    }

    @Test
    void aRoundBeforeReadyIsFound() {
        byte[] stream = SmallStreams.capture(
                control(FORWARD, new ControlRecord.Hello(new byte[StreamFormat.SESSION_BYTES], 0, new byte[0])),
                control(FORWARD, new ControlRecord.Guest(PAGE, 0, "", "")),
                control(FORWARD, new ControlRecord.Ranges(List.of(new PageRun(100, 5)))),
                ALL_ZERO);
        assertThatThrownBy(() -> verify(stream)).hasMessageContaining("a round before Ready");
    }
}
