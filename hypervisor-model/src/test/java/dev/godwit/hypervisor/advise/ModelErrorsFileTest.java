package dev.godwit.hypervisor.advise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.advise.ModelErrors.Case;
import dev.godwit.hypervisor.advise.ModelErrors.Pair;
import dev.godwit.hypervisor.migration.rehearse.RehearsedTechnique;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ModelErrorsFileTest {
    private static final String FIGURES = " | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1";

    @Test
    void whatIsKnownIsOfTheDemoApplications() {
        List<Case> known = ModelErrorsFile.known().cases();

        assertThat(known).extracting(Case::program).contains("orders", "shop", "settlement");
        assertThat(known).extracting(Case::technique).contains(RehearsedTechnique.PRE_COPY);
    }

    @ParameterizedTest
    @EnumSource
    void aCaseComesBackFromItsLineBelowTheHeader(RehearsedTechnique technique) {
        Case written = new Case(
                "process 4711",
                technique,
                125_000_000,
                technique.runsAhead(),
                new Pair(1, 2),
                new Pair(3, 4),
                new Pair(5, 6),
                new Pair(7, 8));
        String file = ModelErrorsFile.HEADER + ModelErrorsFile.line(written);

        assertThat(ModelErrorsFile.parse(file.lines().toList()).cases()).containsExactly(written);
    }

    @Test
    void aLineWithoutATechniqueIsOfPreCopy() {
        assertThat(ModelErrorsFile.parse(List.of("p | 1 | on" + FIGURES, "p | hybrid | 1 | on" + FIGURES))
                        .cases())
                .extracting(Case::technique)
                .containsExactly(RehearsedTechnique.PRE_COPY, RehearsedTechnique.HYBRID);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "p | 1 | on | 1 | 1; fields: 5",
                "p | hybrid | 1 | on | 1 | 1 | 1 | 1 | 1 | 1 | 1; bytes per second 'hybrid'",
                "p | hybrid | x | 1 | on | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1; fields: 13",
                "p | teleport | 1 | on | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1; technique 'teleport', which is none of pre-copy, post-copy",
                "p | pre-copy+delta | 1 | on | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1; technique 'pre-copy+delta', which is none of",
                "p | | 1 | on | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1; technique '', which is none of",
                "| hybrid | 1 | on | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1; needs a name",
                "p\u001b[2J | hybrid | 1 | on | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1; needs a name",
                "p | hybrid | 0 | on | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1; link of 0 bytes per second",
                "p | hybrid | 9000000000000000000 | on | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1; link of 9000000000000000000 bytes",
                "p | hybrid | 1\u001b[2J | on | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1; bytes per second '1?[2J'",
                "p | hybrid | 1 | maybe | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1; hints 'maybe'",
                "p | hybrid | 1 | on | 1 | 0 | 1 | 1 | 1 | 1 | 1 | 1; measured 1.0, modelled 0.0",
                "p | hybrid | 1 | on | 1 | 1 | 1 | NaN | 1 | 1 | 1 | 1; measured 1.0, modelled NaN",
                "p | hybrid | 1 | on | 1 | 1 | 1 | 1 | 1 | 1 | 1 | Infinity; measured 1.0, modelled Infinity",
                "p | hybrid | 1 | on | 1 | 1 | 1 | x | 1 | 1 | 1 | 1; figure 'x'",
            })
    void whatIsNoErrorOfTheModelIsRefusedInOneLineWithItsNumberAndReason(String line, String reason) {
        assertThatThrownBy(() -> ModelErrorsFile.parse(List.of("# measured", "", line)))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains("line 3 is no error of the model (", reason)
                .matches("\\P{C}*");
    }

    @Test
    void aFileWithoutARehearsalAndOneWithTooManyAreRefused() {
        assertThatThrownBy(() -> ModelErrorsFile.parse(List.of("# nothing", "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no rehearsal");
        assertThatThrownBy(() -> ModelErrorsFile.parse(Collections.nCopies(10_001, "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10001 lines");
    }

    @Test
    void whatIsShownOfALongFieldIsShort() {
        String line = "p | " + "x".repeat(100_000) + " | 1 | on" + FIGURES;

        assertThatThrownBy(() -> ModelErrorsFile.parse(Stream.of(line).toList()))
                .message()
                .hasSizeLessThan(500);
    }
}
