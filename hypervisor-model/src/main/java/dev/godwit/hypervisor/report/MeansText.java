package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.page.DeltaStatistics;
import dev.godwit.hypervisor.page.Encoding;
import dev.godwit.hypervisor.page.EncodingReport;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a migration did to come to its end, and what that cost: the guest slowed, pages encoded. */
final class MeansText {
    private MeansText() {}

    static void explain(StringBuilder text, MigrationResult result) {
        MigrationStatistics statistics = result.statistics();
        if (statistics.cpuThrottlePercent() > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "It kept the VM from running for up to %d %% of the time: %.2f s of the VM's work were lost.\n",
                    statistics.cpuThrottlePercent(),
                    statistics.throttledNanos() / 1e9));
        }
        statistics.encoding().ifPresent(report -> encoding(text, report, result.pageSizeBytes()));
    }

    private static void encoding(StringBuilder text, EncodingReport report, int pageSizeBytes) {
        String kinds = report.kinds().stream()
                .filter(EncodingReport.Kind::sampled)
                .map(MeansText::kind)
                .collect(Collectors.joining(", "));
        if (!kinds.isEmpty()) {
            text.append("It sent ").append(kinds).append("; all other kinds raw.\n");
        }
        DeltaStatistics delta = report.delta();
        text.append(String.format(
                Locale.ROOT,
                "Encoding took %.2f s of processor time. Of %,d pages sent again and looked up in a cache of %s, %.0f %% were"
                        + " found; their deltas were %.1f times smaller.\n",
                report.cpuNanos() / 1e9,
                delta.pages() + delta.cacheMiss(),
                ComparisonReport.mebibytes((double) delta.cacheBytes()),
                (delta.pages() + delta.cacheMiss() == 0 ? 0 : 1 - delta.cacheMissRate()) * 100,
                delta.encodingRate(pageSizeBytes)));
    }

    private static String kind(EncodingReport.Kind kind) {
        String first = encoding(kind.first());
        String again = encoding(kind.again());
        return kind.kind().label() + " " + (first.equals(again) ? first : first + ", again " + again);
    }

    private static String encoding(Encoding encoding) {
        return switch (encoding) {
            case ZERO -> "as zeros";
            case RAW -> "raw";
            case DELTA -> "as delta";
            case LZ4 -> "with LZ4";
            case ZSTD -> "with zstd";
        };
    }
}
