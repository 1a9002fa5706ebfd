package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "1Gbit, 125000000",
        "1gbit, 125000000",
        "10Gbit/s, 1250000000",
        "2.5Gbps, 312500000",
        "100Mbit, 12500000",
        "56 kbit, 7000",
        "8bit, 1",
        "125MB/s, 125000000",
        "1GiB/s, 1073741824",
        "1B/s, 1"
    })
    void bandwidthsAreBytesPerSecond(String text, long bytes) {
        assertThat(Units.bytesPerSecond(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "1ns, 1",
        "100us, 100000",
        "100µs, 100000",
        "0.5ms, 500000",
        "20s, 20000000000",
        "2min, 120000000000",
        "1h, 3600000000000"
    })
    void durationsAreNanoseconds(String text, long nanos) {
        assertThat(Units.nanos(text)).isEqualTo(nanos);
    }

    @ParameterizedTest
    @CsvSource({"512B, 512", "4GiB, 4294967296", "4g, 4294967296", "1.5MiB, 1572864", "1GB, 1000000000"})
    void sizesAreBytes(String text, long bytes) {
        assertThat(Units.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1Gbit",
                "0Gbit",
                "0.0Mbit",
                "1",
                "Gbit",
                "",
                "1Gb",
                "1GB",
                "1furlong",
                "1bit",
                "1e9bit",
                "1Gbit1",
                "99999999999Tbit",
                "NaN",
                "1,5Gbit"
            })
    void otherBandwidthsAreRefusedWithTheValueAndExamples(String text) {
        assertThatThrownBy(() -> Units.bytesPerSecond(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"" + text + "\" is not a positive bandwidth such as 1Gbit, 10Gbit, 100Mbit or 125MB/s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1s", "0s", "0.1ns", "5", "5 days", "5m"})
    void otherDurationsAreRefused(String text) {
        assertThatThrownBy(() -> Units.nanos(text))
                .hasMessage("\"" + text + "\" is not a positive duration such as 100us, 300ms, 20s or 5min");
    }

    @Test
    void otherSizesAreRefused() {
        assertThatThrownBy(() -> Units.bytes("-4GiB"))
                .hasMessage("\"-4GiB\" is not a positive size such as 512MiB, 4GiB or 16GiB");
        assertThatThrownBy(() -> Units.bytes("4Gbit")).hasMessageContaining("4Gbit");
    }
}
