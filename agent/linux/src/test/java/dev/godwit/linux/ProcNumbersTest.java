package dev.godwit.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcNumbersTest {

    @Test
    void numbersInKilobytesAreGivenInBytesAndOtherLinesAreLeftOut() {
        Map<String, Long> numbers = ProcNumbers.parse("""
                MemTotal:       24000000 kB
                nr_dirtied 17
                Name:\tjava
                Cpus_allowed_list:\t0-1
                HugePages_Total:       3
                Odd:   99999999999999999999 kB
                """);

        assertThat(numbers)
                .containsOnly(
                        Map.entry("MemTotal", 24_000_000L << 10),
                        Map.entry("nr_dirtied", 17L),
                        Map.entry("HugePages_Total", 3L));
    }

    @Test
    void aSettingIsReadWhole() throws IOException {
        // The kernel gives it in one piece to the first read only.
        assertThat(ProcNumbers.readSingle("/proc/sys/kernel/pid_max")).isGreaterThan(300);
    }

    @Test
    void aFileThatIsNoNumberIsRefused() {
        assertThatThrownBy(() -> ProcNumbers.readSingle("/proc/self/status"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("holds no number");
    }
}
