package dev.godwit.linux.guardian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.linux.ProcessMaps;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MissingRangesTest {
    private static final String MAPS = """
            00400000-00500000 r-xp 00000000 08:01 77 /bin/java
            01000000-03000000 rw-p 00000000 00:00 0 [heap]
            03000000-03002000 rwxp 00000000 00:00 0
            10000000-20000000 rw-p 00000000 00:00 0
            20000000-20001000 ---p 00000000 00:00 0
            """;

    @Test
    void aRangeGoesFromTheFirstToTheLastPageOfAMappingWithoutLargeGaps() throws IOException {
        assertThat(ranges(
                        0x1001000, 0x1002000, // with the next one, as the gap is small
                        0x1008000, 0x1009000,
                        0x10100000, 0x10200000,
                        0x10600000, 0x10700000, // 4 MiB behind
                        0x1ffff000, 0x20000000))
                .containsExactly("1001000-1009000", "10100000-10200000", "10600000-10700000", "1ffff000-20000000");
    }

    @Test
    void aRunOverTheBorderOfTwoMappingsBecomesTwoRanges() throws IOException {
        assertThat(ranges(0x2fff000, 0x3001000)).containsExactly("2fff000-3000000", "3000000-3001000");
    }

    @Test
    void pagesOfFilesAndPagesThatAreNotMappedAreRefused() {
        for (long at : new long[] {0x400000, 0x600000, 0x20000000, 0x30000000}) {
            assertThatThrownBy(() -> ranges(at, at + 0x1000))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("0x" + Long.toHexString(at));
        }
        assertThatThrownBy(() -> ranges(0x2fff000, 0x3003000)).hasMessageContaining("0x3002000");
    }

    private static List<String> ranges(long... runs) throws IOException {
        long[] starts = new long[runs.length / 2];
        long[] ends = new long[runs.length / 2];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = runs[2 * i];
            ends[i] = runs[2 * i + 1];
        }
        MissingRanges ranges = MissingRanges.of(ProcessMaps.parse(MAPS), starts, ends, starts.length);
        List<String> text = new ArrayList<>();
        for (int i = 0; i < ranges.count(); i++) {
            text.add(Long.toHexString(ranges.starts()[i]) + "-" + Long.toHexString(ranges.ends()[i]));
        }
        return text;
    }
}
