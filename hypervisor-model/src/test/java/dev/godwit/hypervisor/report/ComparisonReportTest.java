package dev.godwit.hypervisor.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.SyntheticTrace;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.compare.Comparison;
import dev.godwit.hypervisor.migration.compare.ComparisonOptions;
import dev.godwit.hypervisor.migration.compare.Technique;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ComparisonReportTest {
    private static final ComparisonOptions OPTIONS =
            ComparisonOptions.defaults().withMemoryBytes(256L << 20).withBandwidthBytesPerSecond(25_000_000);

    @Test
    void theSameTraceOptionsAndSeedGiveTheSameBytesAndAnotherSeedOthers() {
        String first = ComparisonReport.json(compare(OPTIONS));

        assertThat(ComparisonReport.json(compare(OPTIONS))).isEqualTo(first);
        assertThat(ComparisonReport.json(compare(OPTIONS.withSeed(2)))).isNotEqualTo(first);
        assertThat(first).endsWith("}\n").doesNotContain("\r");
    }

    @Test
    void theJsonHasQemusNamesInTheirOrder() {
        JsonNode root = JsonMapper.shared().readTree(ComparisonReport.json(compare(OPTIONS)));
        JsonNode plain = root.get("results").get(0);
        JsonNode hinted = root.get("results").get(1);

        assertThat(names(root)).containsExactly("trace", "options", "results");
        assertThat(names(hinted))
                .containsExactly(
                        "technique",
                        "hints",
                        "status",
                        "total-time",
                        "downtime",
                        "setup-time",
                        "expected-downtime",
                        "ram",
                        "verified",
                        "godwit");
        assertThat(names(hinted.get("ram")))
                .containsExactly(
                        "transferred",
                        "total",
                        "remaining",
                        "duplicate",
                        "normal",
                        "normal-bytes",
                        "skipped",
                        "dirty-sync-count",
                        "dirty-pages-rate",
                        "mbps",
                        "pages-per-second",
                        "page-size",
                        "postcopy-requests",
                        "precopy-bytes",
                        "downtime-bytes",
                        "postcopy-bytes");
        assertThat(names(hinted.get("godwit")))
                .contains("deferred-pages", "dropped-pages", "resent-bytes-by-kind", "sent-bytes-by-kind");
        assertThat(plain.get("status").asString()).isEqualTo("cancelled");
        assertThat(plain.get("godwit").get("reason").asString()).contains("did not converge");
        assertThat(hinted.get("status").asString()).isEqualTo("completed");
        assertThat(hinted.get("verified").asBoolean()).isTrue();
        assertThat(hinted.get("godwit").get("measured").asBoolean()).isFalse();
        assertThat(hinted.get("godwit").get("modelled").asBoolean()).isTrue();
        assertThat(hinted.get("ram").get("mbps").asDouble()).isBetween(190.0, 200.0);
        long transferred = hinted.get("ram").get("transferred").asLong();
        long byKind = 0;
        for (JsonNode bytes : hinted.get("godwit").get("sent-bytes-by-kind")) {
            byKind += bytes.asLong();
        }
        assertThat(byKind).isEqualTo(transferred);
    }

    @Test
    void theTableAndTheExplanationSayWhyAPlainMigrationDoesNotConverge() {
        Comparison comparison = compare(OPTIONS);

        assertThat(ComparisonReport.table(comparison))
                .contains("pre-copy      pre-copy + hints")
                .containsPattern("status +cancelled +completed")
                .containsPattern("downtime +- +\\d+\\.\\d ms")
                .containsPattern("verified +yes +yes");
        assertThat(ComparisonReport.explanation(comparison, true))
                .contains("Without hints it is cancelled: did not converge within the cap of 30 rounds")
                .containsPattern("What it sent again was: \\d+\\.\\d % eden")
                .contains("the link carries 23.8 MiB/s")
                .contains("With hints it completes");
    }

    @Test
    void whenHintsAreNotEnoughTheExplanationSaysWhatIsLeft() {
        ComparisonOptions slow = OPTIONS.withBandwidthBytesPerSecond(3_000_000).withMaxRounds(4);

        assertThat(ComparisonReport.explanation(compare(slow), true))
                .contains("With hints it is cancelled: did not converge within the cap of 4 rounds")
                .contains("A collection before the pause would leave 1.1 MiB alive, to be sent in the pause.")
                .containsPattern("in 300 ms this link carries 0\\.9 MiB, one of \\d+\\.\\d+ Gbit/s would carry that");
    }

    @Test
    void aMigrationThatConvergesSaysWhatItCost() {
        String explanation =
                ComparisonReport.explanation(compare(OPTIONS.withBandwidthBytesPerSecond(500_000_000)), true);

        assertThat(explanation).contains("Without hints it converges:").contains("more than once");
    }

    @Test
    void aFailedCheckIsShownAsSuch() {
        Comparison comparison = compare(OPTIONS);
        MigrationResult good = comparison.results().get(1);
        MigrationResult bad = new MigrationResult(
                good.technique(),
                good.hints(),
                good.status(),
                good.reason(),
                good.totalBytes(),
                good.pageSizeBytes(),
                good.bandwidthBytesPerSecond(),
                good.statistics(),
                good.transitions(),
                new MigrationResult.Verification(false, "frame 7 differs"));
        Comparison broken = new Comparison(
                comparison.run(), OPTIONS, List.of(comparison.results().get(0), bad));

        assertThat(broken.verified()).isFalse();
        assertThat(ComparisonReport.table(broken)).containsPattern("verified +yes +NO");
        assertThat(ComparisonReport.explanation(broken, true)).contains("FAILED its check: frame 7 differs");
        assertThat(ComparisonReport.json(broken)).contains("\"verified\" : false");
    }

    private static Comparison compare(ComparisonOptions options) {
        return Comparison.run(new SyntheticTrace(1).record(), options, Technique.PRE_COPY_WITHOUT_AND_WITH_HINTS);
    }

    private static List<String> names(JsonNode node) {
        return List.copyOf(node.propertyNames());
    }
}
