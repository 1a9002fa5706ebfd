package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.guest.StoredPages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {
    private final AddressRange converter = new AddressRange();

    @ParameterizedTest
    @ValueSource(
            strings = {"0x7f2e00000000-0x7f2e40000000", "7f2e00000000-7f2e40000000", " 0x7F2E00000000-7f2e40000000 "})
    void addressesAreHexadecimal(String text) {
        assertThat(converter.convert(text)).isEqualTo(new StoredPages.Range(0x7f2e00000000L, 0x7f2e40000000L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7f2e", "7f2e-", "-7f2e", "10-5", "10-10", "xyz-10", "1-ffffffffffffffffffff"})
    void whatIsNoRangeIsRefusedInOneLine(String text) {
        assertThatThrownBy(() -> converter.convert(text)).message().isNotBlank().doesNotContain("\n");
    }

    @Test
    void aRangeThatRunsBackwardsIsNamed() {
        assertThatThrownBy(() -> converter.convert("20-10")).hasMessageContaining("0x20-0x10");
    }
}
