package dev.godwit.hypervisor.stream;

import static dev.godwit.hypervisor.stream.Direction.FORWARD;
import static dev.godwit.hypervisor.stream.Direction.REVERSE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of a tiny stream: whoever changes them makes a new version. */
class GoldenStreamTest {
    @Test
    void aTinyStreamHasTheseBytes() {
        byte[] session = new byte[16];
        session[0] = 0x11;
        byte[] stream = SmallStreams.capture(
                SmallStreams.control(FORWARD, new ControlRecord.Hello(session, 0, new byte[] {0x22})),
                SmallStreams.control(FORWARD, new ControlRecord.Guest(4096, 0, "g", "t")),
                SmallStreams.control(FORWARD, new ControlRecord.Ranges(List.of(new PageRun(0x33, 2)))),
                SmallStreams.control(REVERSE, new ControlRecord.Ready(session, 0, new byte[0])),
                SmallStreams.control(FORWARD, new ControlRecord.Paused()),
                SmallStreams.round(FORWARD, 1, RoundKind.PAUSED, batch -> {
                    batch.room().put((byte) 0x44).put((byte) 0x55);
                    batch.encoded(0x33, WireEncoding.LZ4, 2);
                    batch.zero(0x34, 1);
                }),
                SmallStreams.control(FORWARD, new ControlRecord.SwitchOver(0)),
                SmallStreams.control(REVERSE, new ControlRecord.Resumed()),
                SmallStreams::end);
        assertThat(HexFormat.of().formatHex(stream)).isEqualTo(GOLDEN.replace("\n", ""));
    }

    private static final String GOLDEN = """
            474f445749540d0a010003004aff87a2190000000100010000000000b9f0bca011000000000000000000000000000000
            0000000001000000220e0000000300010001000000e7851a130010000000000000010067010074180000000400010002
            0000005eee12f001000000000000003300000000000000020000000000000018000000020002000000000061488f3c11
            0000000000000000000000000000000000000000000000000000000800010003000000a75349e4080000000500010004
            0000001267a55001000000020000002a00000006000100050000006d5f967d0200000000000000330000000000000001
            00000002000400340000000000000001000000000001004455480000000700010006000000a4932d0b01000000000000
            000100000000000000000000000000000000000000000000000100000000000000000000000000000000000000000000
            0000000000000000000200000000000000080000000d00010007000000c36a897c0000000000000000000000000e0002
            0001000000dfc3f7dc180000001600010008000000583856d40100000000000000020000000000000002000000000000
            00000000001700020002000000af3aa4313000000018000100090000002947a2de090000000000000069010000000000
            00a39c2b6a54c12cf40f860dc05bd6663316bb68a71250ef819680b1f106a946d3300000001800020003000000c70dce
            cb03000000000000004800000000000000d380614311bceea33871f97ecae1847778f58ac889be75e4c9866924eb3f34
            e9
            """;
}
