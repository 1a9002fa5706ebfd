package dev.godwit.hypervisor.advise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.godwit.hypervisor.advise.ModelErrors.Case;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelErrorsTest {
    private static final long GBIT = 125_000_000;

    /** Ten cases whose total time was 0.8, 0.9 to 1.7 times what was modelled. */
    private static List<String> tenOf(long bandwidth, String hints) {
        return IntStream.range(8, 18)
                .mapToObj(tenth -> "p | " + bandwidth + " | " + hints + " | " + 10 * tenth
                        + " | 100 | 50 | 100 | 200 | 100 | 100 | 100")
                .toList();
    }

    @Test
    void aBandGrowsByWhatTheModelWasWrongByInFourOfFiveCasesAndNeverShrinks() {
        ModelErrors errors = ModelErrors.parse(tenOf(GBIT, "on"));
        Band ten = new Band(9, 10, 11);

        Outlook.Figures wider = errors.widen(new Outlook.Figures(ten, ten, ten, ten));

        assertThat(wider.totalSeconds().low()).isCloseTo(9 * 0.9, within(1e-9));
        assertThat(wider.totalSeconds().middle()).isEqualTo(10);
        assertThat(wider.totalSeconds().high()).isCloseTo(11 * 1.7, within(1e-9));
        assertThat(wider.downtimeMillis()).isEqualTo(new Band(4.5, 10, 11));
        assertThat(wider.stoppedMillis()).isEqualTo(new Band(9, 10, 22));
        assertThat(wider.sentMebibytes()).isEqualTo(ten);
    }

    @Test
    void whatIsNearestToTheMigrationIsTaken() {
        ModelErrors errors = ModelErrors.parse(Stream.of(
                        tenOf(GBIT, "on"),
                        tenOf(GBIT, "off"),
                        tenOf(10 * GBIT, "off"),
                        tenOf(10 * GBIT, "on").subList(0, 1))
                .flatMap(List::stream)
                .toList());

        assertThat(errors.near(2 * GBIT, true).cases()).hasSize(10).allMatch(Case::hints);
        assertThat(errors.near(25 * GBIT, false).cases())
                .hasSize(10)
                .allMatch(each -> each.bandwidthBytesPerSecond() == 10 * GBIT && !each.hints());
        assertThat(errors.near(5 * GBIT, true).cases())
                .as("one with hints is too few")
                .hasSize(11);
    }

    @Test
    void aCaseComesBackFromItsLine() {
        List<Case> known = ModelErrors.known().cases();

        assertThat(known).extracting(Case::program).contains("orders", "shop", "settlement");
        assertThat(ModelErrors.parse(known.stream().map(Case::line).toList()).cases())
                .isEqualTo(known);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "p | 1 | on | 1 | 1",
                "p | 0 | on | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1",
                "p | 1 | maybe | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1",
                "p | 1 | on | 1 | 0 | 1 | 1 | 1 | 1 | 1 | 1",
                "p | 1 | on | 1 | 1 | 1 | NaN | 1 | 1 | 1 | 1",
                "p | 1 | on | 1 | 1 | 1 | x | 1 | 1 | 1 | 1"
            })
    void whatIsNoErrorOfTheModelIsRefusedInOneLine(String line) {
        assertThatThrownBy(() -> ModelErrors.parse(List.of("# measured", line)))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains(line.isEmpty() ? "no rehearsal" : "line 2 is no error of the model")
                .doesNotContain("\n");
    }
}
