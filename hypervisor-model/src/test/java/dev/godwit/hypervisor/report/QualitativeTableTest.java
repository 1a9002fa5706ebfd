package dev.godwit.hypervisor.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.SyntheticTrace;
import dev.godwit.hypervisor.migration.Loss;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.compare.Comparison;
import dev.godwit.hypervisor.migration.compare.ComparisonOptions;
import dev.godwit.hypervisor.migration.compare.Technique;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What lectures say of the techniques, of figures: those of one recorded run, over a link on which each comes to its end. */
class QualitativeTableTest {
    private static final Comparison COMPARISON = Comparison.run(
            new SyntheticTrace(1).record(),
            ComparisonOptions.defaults().withMemoryBytes(256L << 20).withBandwidthBytesPerSecond(60_000_000),
            Technique.ALL);

    @Test
    void postCopyHasTheShortestDowntimeAndPreCopyTheLongest() {
        assertThat(of("post-copy").downtimeNanos())
                .isLessThanOrEqualTo(of("hybrid").downtimeNanos())
                .isLessThan(of("pre-copy").downtimeNanos());
    }

    @Test
    void preCopySendsPagesAgainHybridAtMostOnceMoreAndPostCopyNever() {
        assertThat(of("post-copy").resentByKind().total()).isZero();
        assertThat(of("hybrid").resentByKind().total())
                .isPositive()
                .isLessThan(of("hybrid").transferredBytes() / 2);
        assertThat(of("pre-copy").resentByKind().total())
                .isGreaterThan(of("hybrid").resentByKind().total());
    }

    @Test
    void postCopySlowsTheVmMostAndPreCopyLeast() {
        assertThat(WorkLost.nanos(of("post-copy")))
                .isGreaterThan(WorkLost.nanos(of("hybrid")))
                .isGreaterThan(WorkLost.nanos(of("pre-copy")));
    }

    @Test
    void preCopyLosesNothingWithAHostPostCopyTheVmAndCancellablePostCopyWork() {
        assertThat(of("pre-copy").worstLoss().worse().kind()).isEqualTo(Loss.Kind.NOTHING);
        assertThat(of("post-copy").worstLoss().worse().kind()).isEqualTo(Loss.Kind.VM);
        assertThat(of("hybrid").worstLoss().worse().kind()).isEqualTo(Loss.Kind.VM);
        assertThat(of("cancellable-post-copy").worstLoss().destinationHost().kind())
                .isEqualTo(Loss.Kind.WORK);
    }

    @Test
    void theJvmsKnowledgeSparesEachTechniqueTraffic() {
        for (String technique : List.of("pre-copy", "post-copy", "hybrid")) {
            assertThat(of(technique + "+hints").transferredBytes())
                    .as(technique)
                    .isLessThan(of(technique).transferredBytes());
        }
    }

    @Test
    void theTableSaysSoInShort() {
        Map<String, List<String>> rows = rows(ComparisonReport.inShort(COMPARISON));

        // total time, downtime, traffic, work of the VM, reliability
        assertThat(rows.get("post-copy").get(1)).isEqualTo("++");
        assertThat(rows.get("post-copy").get(4)).isEqualTo("--");
        assertThat(rows.get("hybrid").get(4)).isEqualTo("--");
        assertThat(rows.get("cancellable-post-copy").get(4)).isEqualTo("+");
        assertThat(rows.get("pre-copy").get(1)).isIn("-", "--");
        assertThat(rows.get("pre-copy").get(4)).isEqualTo("++");
        // Partial migration carries less, because most of the VM never moves.
        assertThat(rows.get("partial").get(2)).isEqualTo("++");
        assertThat(rows.get("pre-copy + hints").get(2)).isIn("++", "+");
        assertThat(rows).hasSameSizeAs(Technique.ALL);
    }

    @Test
    void aTechniqueThatDoesNotCompleteIsWorstInAllButReliability() {
        Comparison slow = Comparison.run(
                new SyntheticTrace(1).record(),
                ComparisonOptions.defaults().withMemoryBytes(256L << 20).withBandwidthBytesPerSecond(25_000_000),
                Technique.PRE_COPY_WITHOUT_AND_WITH_HINTS);

        assertThat(slow.results().get(0).status()).isEqualTo(MigrationStatus.CANCELLED);
        assertThat(rows(ComparisonReport.inShort(slow)).get("pre-copy")).containsExactly("--", "--", "--", "--", "++");
    }

    private static MigrationStatistics of(String label) {
        Technique technique = Technique.named(label).orElseThrow();
        MigrationResult result =
                COMPARISON.result(technique.name(), technique.hints()).orElseThrow();
        assertThat(result.status()).as(label).isEqualTo(MigrationStatus.COMPLETED);
        return result.statistics();
    }

    /** Name of the technique to its marks. */
    private static Map<String, List<String>> rows(String table) {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        table.lines()
                .skip(2)
                .filter(line -> !line.startsWith("++ best") && !line.matches("(reliability|source;).*"))
                .forEach(line -> {
                    String[] cells = line.split(" {2,}");
                    rows.put(cells[0], Arrays.asList(cells).subList(1, cells.length));
                });
        return rows;
    }
}
