package dev.godwit.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessMapsTest {

    @Test
    void aLineHasRangePermissionsOffsetInodeAndAPathThatMayHaveSpaces() throws IOException {
        List<ProcessMaps.Entry> entries = ProcessMaps.parse("""
                55d0c0a00000-55d0c0a21000 rw-p 00000000 00:00 0                          [heap]
                7f1c2a000000-7f1c2a021000 r-xp 0001f000 fd:01 1234                       /opt/my jdk/lib x.so (deleted)
                7f1c2b000000-7f1c2b021000 ---p 00000000 00:00 0
                ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
                """);

        assertThat(entries)
                .containsExactly(
                        new ProcessMaps.Entry(0x55d0c0a00000L, 0x55d0c0a21000L, "rw-p", 0, 0, "[heap]"),
                        new ProcessMaps.Entry(
                                0x7f1c2a000000L,
                                0x7f1c2a021000L,
                                "r-xp",
                                0x1f000,
                                1234,
                                "/opt/my jdk/lib x.so (deleted)"),
                        new ProcessMaps.Entry(0x7f1c2b000000L, 0x7f1c2b021000L, "---p", 0, 0, ""));
        assertThat(entries.get(2).isNameless()).isTrue();
        assertThat(entries.get(0).isNameless()).isFalse();
    }

    @Test
    void aMappingThatGrewWhileTheFileWasReadDoesNotOverlapTheOneBefore() throws IOException {
        List<ProcessMaps.Entry> entries = ProcessMaps.parse("""
                1000-3000 rw-p 00000000 08:01 5 /f
                1000-5000 rw-p 00000000 08:01 5 /f
                2000-4000 rw-p 00000000 08:01 5 /f
                """);

        assertThat(entries)
                .containsExactly(
                        new ProcessMaps.Entry(0x1000, 0x3000, "rw-p", 0, 5, "/f"),
                        new ProcessMaps.Entry(0x3000, 0x5000, "rw-p", 0x2000, 5, "/f"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello",
                "1000",
                "1000-2000",
                "1000-2000 rw-p",
                "1000-2000 rw-p 0 00:00",
                "1000-2000 rwxq 00000000 00:00 0",
                "1000-2000 rw-p zzz 00:00 0",
                "2000-1000 rw-p 00000000 00:00 0",
                "1000-1000 rw-p 00000000 00:00 0",
                "11111111111111111-2000 rw-p 00000000 00:00 0",
                "1000-ffffffffff601000 rw-p 00000000 00:00 0",
                "1000-2000 rw-p 00000000 00:00 1x",
                "\n"
            })
    void garbageIsRefusedWithTheLine(String line) {
        assertThatThrownBy(() -> ProcessMaps.parse(line + "\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/proc/PID/maps");
    }

    @Test
    void noTextBringsTheParserDown() {
        Random random = new Random(1);
        String letters = "0123456789abcdef- rwxps:/[]\n";
        String good = "7f1c2a000000-7f1c2a021000 r-xp 0001f000 fd:01 1234 /lib/x.so\n";
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder(good);
            for (int k = 0; k < 4; k++) {
                text.setCharAt(random.nextInt(good.length()), letters.charAt(random.nextInt(letters.length())));
            }
            try {
                assertThat(ProcessMaps.parse(text.toString())).allMatch(entry -> entry.start() < entry.end());
            } catch (IOException refused) {
                assertThat(refused.getMessage()).contains("/proc/PID/maps");
            }
        }
    }

    @Test
    void theOwnMapsAreOrderedAndHoldTheLibraryOfTheVm() throws IOException {
        List<ProcessMaps.Entry> entries = ProcessMaps.ofSelf().read();

        for (int i = 1; i < entries.size(); i++) {
            assertThat(entries.get(i - 1).end())
                    .isLessThanOrEqualTo(entries.get(i).start());
        }
        assertThat(entries).anyMatch(entry -> entry.path().endsWith("/libjvm.so") && entry.inode() != 0);
    }
}
