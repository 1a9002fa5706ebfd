package dev.godwit.hypervisor.advise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.godwit.hypervisor.migration.compare.Technique;
import dev.godwit.hypervisor.migration.rehearse.RehearsedTechnique;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ModelErrorsTest {
    private static final long GBIT = 125_000_000;

    private static String line(String program, String technique, long gigabits, String hints) {
        return program + " | " + technique + " | " + gigabits * GBIT + " | " + hints
                + " | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1";
    }

    /** Given as {@code number*technique@gigabits+hints}, blanks between. */
    private static ModelErrors cases(String given) {
        List<String> lines = new ArrayList<>();
        for (String each : given.split(" ", -1)) {
            String[] parts = each.split("[*@+]", -1);
            IntStream.range(0, Integer.parseInt(parts[0]))
                    .forEach(i -> lines.add(line("p", parts[1], Long.parseLong(parts[2]), parts[3])));
        }
        return ModelErrorsFile.parse(lines);
    }

    private static String told(ModelErrors errors) {
        return errors.cases().stream()
                .collect(Collectors.groupingBy(
                        each -> each.technique().label() + "@" + each.bandwidthBytesPerSecond() / GBIT + "+"
                                + (each.hints() ? "on" : "off"),
                        Collectors.counting()))
                .entrySet()
                .stream()
                .map(entry -> entry.getValue() + "*" + entry.getKey())
                .sorted()
                .collect(Collectors.joining(" "));
    }

    @Test
    void aBandGrowsByWhatTheModelWasWrongByInFourOfFiveCasesAndNeverShrinks() {
        ModelErrors errors = ModelErrorsFile.parse(IntStream.range(8, 18)
                .mapToObj(tenth -> "p | hybrid | 1 | on | " + 10 * tenth + " | 100 | 50 | 100 | 200 | 100 | 100 | 100")
                .toList());
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
    void whatTheModelHasNotAtAllIsAddedAndDoesNotGrowWithTheFigure() {
        ModelErrors errors = ModelErrorsFile.parse(
                List.of("p | post-copy | 1 | on | 3000 | 1000 | 120.2 | 0.2 | 301 | 100 | 4194304 | 1048576"));
        Band ten = new Band(9, 10, 11);

        Outlook.Figures wider = errors.widen(new Outlook.Figures(ten, ten, ten, ten));

        assertThat(wider.totalSeconds()).as("in proportion").isEqualTo(new Band(9, 10, 33));
        assertThat(wider.downtimeMillis().high()).isCloseTo(131, within(1e-9));
        assertThat(wider.stoppedMillis()).isEqualTo(new Band(9, 10, 212));
        assertThat(wider.sentMebibytes()).isEqualTo(new Band(9, 10, 14));
    }

    @Test
    void anApplicationIsNotStoppedForAShorterTimeThanItsVmRunsNowhere() {
        ModelErrors errors =
                ModelErrorsFile.parse(List.of("p | hybrid | 1 | on | 1 | 1 | 200 | 100 | 100 | 100 | 1 | 1"));
        Band ten = new Band(9, 10, 11);

        Outlook.Figures wider = errors.widen(new Outlook.Figures(ten, ten, ten, ten));

        assertThat(wider.stoppedMillis()).isEqualTo(new Band(9, 10, 22));
    }

    @ParameterizedTest
    @CsvSource({
        // Enough by technique, link and hints.
        "hybrid, 1, on, 4*hybrid@1+on 4*hybrid@1+off 4*hybrid@10+on 4*pre-copy@1+on, 4*hybrid@1+on",
        // The link that is nearer on a scale of powers.
        "pre-copy, 2, off, 4*pre-copy@1+off 4*pre-copy@10+off, 4*pre-copy@1+off",
        "pre-copy, 5, off, 4*pre-copy@1+off 4*pre-copy@10+off, 4*pre-copy@10+off",
        "pre-copy, 100, off, 4*pre-copy@1+off 4*pre-copy@10+off, 4*pre-copy@10+off",
        // The technique counts for more than the link, the link for more than hints.
        "post-copy, 1, on, 4*post-copy@10+off 9*pre-copy@1+on, 4*post-copy@10+off",
        "post-copy, 1, on, 4*post-copy@10+on 4*post-copy@1+off, 4*post-copy@1+off",
        // Three say too little: what comes next stands beside them, but no more than that.
        "post-copy, 10, on, 3*post-copy@10+on 3*post-copy@10+off, 3*post-copy@10+off 3*post-copy@10+on",
        "post-copy, 10, on, 3*post-copy@10+on 4*post-copy@1+on, 3*post-copy@10+on 4*post-copy@1+on",
        "hybrid, 10, on, 3*hybrid@10+on 2*post-copy@10+on 9*pre-copy@10+on, 2*post-copy@10+on 3*hybrid@10+on",
        // Less than enough is taken if there is no more.
        "hybrid, 10, on, 1*pre-copy@1+off, 1*pre-copy@1+off",
        // What is never rehearsed has relatives.
        "pre-copy+delta, 10, on, 4*pre-copy@10+on 4*hybrid@10+on, 4*pre-copy@10+on",
        "pre-copy+auto-converge, 10, on, 4*post-copy@10+on 4*hybrid@10+on, 4*hybrid@10+on",
        "dbms-aware, 10, on, 4*pre-copy@10+on 4*post-copy@10+on, 4*pre-copy@10+on",
        "partial, 10, on, 4*pre-copy@10+on 4*post-copy@10+on, 4*post-copy@10+on",
        "cancellable-post-copy, 10, on, 4*hybrid@10+on 4*post-copy@10+on, 4*post-copy@10+on",
        "hybrid, 10, on, 4*pre-copy@10+on 4*cancellable-post-copy@10+on, 4*cancellable-post-copy@10+on",
    })
    void whatIsMostLikeTheMigrationIsTaken(
            String technique, long gigabits, String hints, String given, String expected) {
        assertThat(told(cases(given).near(technique, gigabits * GBIT, hints.equals("on"))))
                .isEqualTo(expected);
    }

    static Stream<String> everyTechnique() {
        return Technique.ALL.stream().map(Technique::name).distinct();
    }

    @ParameterizedTest
    @MethodSource("everyTechnique")
    void everyTechniqueHasRelativesAndIsItselfTheNearest(String technique) {
        List<RehearsedTechnique> related = RelatedTechniques.of(technique);

        assertThat(related).containsExactlyInAnyOrder(RehearsedTechnique.values());
        RehearsedTechnique.named(technique)
                .ifPresent(itself -> assertThat(related.get(0)).isEqualTo(itself));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "hybrid! 4*hybrid@10+on! each of 4 rehearsals by hybrid of p, with hints, at 10 Gbit/s, each replayed from a trace"
                        + " of the seconds before it",
                "pre-copy! 5*pre-copy@1+on 5*pre-copy@10+off! four of five of 10 rehearsals by pre-copy of p, without and with"
                        + " hints, at 1 Gbit/s and 10 Gbit/s, each replayed from a trace of the seconds before it",
                "pre-copy+delta! 1*pre-copy@1+off! each of 1 rehearsal by pre-copy of p, without hints, at 1 Gbit/s, each replayed"
                        + " from a trace of the seconds before it; they stand in for pre-copy+delta, which is not among them",
                "hybrid! 1*hybrid@1+off 4*pre-copy@1+off! each of 5 rehearsals by pre-copy and hybrid of p, without hints, at 1"
                        + " Gbit/s, each replayed from a trace of the seconds before it; 1 by hybrid itself, for which the others"
                        + " stand in too",
            })
    void whatStandsInForAnotherTechniqueIsSaid(String technique, String given, String expected) {
        assertThat(cases(given).described(technique)).isEqualTo(expected);
    }

    @Test
    void ofManyProgramsAFewAreNamed() {
        ModelErrors errors = ModelErrorsFile.parse(IntStream.range(0, 12)
                .mapToObj(i -> line("p" + i, "hybrid", 1, "on"))
                .toList());

        assertThat(errors.described("hybrid")).contains(" of p0, p1, p2, p3, p4 and 7 more, with hints");
    }
}
