package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.guest.live.InsideAgent;
import dev.godwit.hypervisor.guest.live.ThroughputMeter;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.RunAheadStatistics;
import dev.godwit.hypervisor.migration.WayHomeStatistics;
import dev.godwit.hypervisor.migration.compare.RehearsingMachine;
import dev.godwit.hypervisor.migration.rehearse.AheadResult;
import dev.godwit.hypervisor.migration.rehearse.RehearsalOptions;
import dev.godwit.hypervisor.migration.rehearse.RehearsalResult;
import dev.godwit.hypervisor.migration.rehearse.Throughput;
import dev.godwit.hypervisor.stream.PageCounts;
import dev.godwit.hypervisor.stream.WireEncoding;
import java.util.Optional;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A rehearsal as JSON: one result in QEMU's names, as {@link ComparisonJson} has them, with {@code godwit.measured} true. What
 * {@code ram} counts was counted on the wire; {@code transferred} is headers and contents of pages.
 */
final class RehearsalJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private RehearsalJson() {}

    static String write(RehearsalResult result, Optional<Throughput> throughput, Optional<RehearsingMachine> machine) {
        ObjectNode json = MAPPER.createObjectNode();
        MigrationResult migration = result.migration();
        MigrationStatistics statistics = migration.statistics();
        json.put("technique", migration.technique());
        json.put("hints", migration.hints());
        json.put("status", migration.status().label());
        json.put("total-time", ComparisonJson.wholeMillis(statistics.totalNanos()));
        json.put("downtime", ComparisonJson.wholeMillis(statistics.downtimeNanos()));
        json.put("setup-time", ComparisonJson.wholeMillis(statistics.setupNanos()));
        json.put("expected-downtime", ComparisonJson.wholeMillis(statistics.expectedDowntimeNanos()));
        ram(json.putObject("ram"), result);
        statistics
                .encoding()
                .ifPresent(
                        report -> ComparisonJson.deltaCache(json.putObject("xbzrle-cache"), report.delta(), migration));
        json.put("verified", migration.verification().passed());
        ObjectNode own = json.putObject("godwit");
        godwit(own, result);
        machine.ifPresent(known -> MachineJson.write(own.putObject("machine"), known));
        throughput.ifPresent(measured -> throughput(own.putObject("throughput"), measured));
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
        return MAPPER.writer().with(printer).writeValueAsString(json) + "\n";
    }

    private static void ram(ObjectNode json, RehearsalResult result) {
        MigrationStatistics statistics = result.migration().statistics();
        PageCounts pages = result.pages();
        long normal = pages.pages()
                - pages.pages(WireEncoding.ZERO)
                - pages.pages(WireEncoding.DROPPED)
                - pages.pages(WireEncoding.STORED);
        json.put("transferred", statistics.transferredBytes());
        json.put("total", result.migration().totalBytes());
        json.put("remaining", statistics.remainingBytes());
        json.put("duplicate", pages.pages(WireEncoding.ZERO));
        json.put("normal", normal);
        json.put("normal-bytes", normal * result.migration().pageSizeBytes());
        json.put("dirty-sync-count", statistics.dirtySyncs());
        json.put("mbps", ComparisonJson.rounded(ComparisonJson.transferredMegabits(statistics)));
        json.put("page-size", result.migration().pageSizeBytes());
        json.put("precopy-bytes", statistics.precopyBytes());
        json.put("downtime-bytes", statistics.downtimeBytes());
        result.ahead().ifPresent(ahead -> {
            json.put("postcopy-bytes", statistics.postcopyBytes());
            json.put("postcopy-requests", ahead.requests());
        });
    }

    private static void godwit(ObjectNode json, RehearsalResult result) {
        MigrationResult migration = result.migration();
        MigrationStatistics statistics = migration.statistics();
        json.put("measured", true);
        json.put("modelled", false);
        json.put("reason", migration.reason());
        json.put("verification", migration.verification().text());
        asked(json, result.asked());
        json.put("total-time", ComparisonJson.millis(statistics.totalNanos()));
        json.put("downtime", ComparisonJson.millis(statistics.downtimeNanos()));
        json.put("setup-time", ComparisonJson.millis(statistics.setupNanos()));
        json.put("dirty-log-time", ComparisonJson.millis(statistics.dirtyLogNanos()));
        if (result.otherThreadsNanos() > 0) {
            json.put("other-threads-time", ComparisonJson.millis(result.otherThreadsNanos()));
        }
        json.put("wire-bytes", result.wireBytes());
        json.put("compared-pages", result.comparedPages());
        json.put("comparing-time", ComparisonJson.millis(result.comparingNanos()));
        json.put("stood-still-time", ComparisonJson.millis(result.stoodNanos()));
        json.put("app-pause", ComparisonJson.millis(statistics.appPauseNanos()));
        json.put("deferred-pages", statistics.deferredPages());
        json.put("dropped-pages", statistics.droppedPages());
        json.put("discarded-pages", result.declared().discarded());
        json.put("refetched-pages", result.declared().refetched());
        json.put("overwritten-pages", result.overwrittenPages());
        json.put("program-runs", result.programRuns());
        json.put("collections", statistics.collections());
        json.put("collection-pause", ComparisonJson.millis(statistics.collectionNanos()));
        json.put("predicted-survivor-bytes", statistics.predictedSurvivorBytes());
        statistics.encoding().ifPresent(report -> {
            ComparisonJson.encoding(json, report);
            json.put("compression-ratio", ComparisonJson.rounded(result.compressionRatio()));
        });
        result.ahead().ifPresent(ahead -> ahead(json.putObject("ahead"), statistics, ahead));
        MomentsJson.write(json, statistics.moments());
        result.stalls().ifPresent(stalls -> stalls(json.putObject("stalls"), stalls));
        ArrayNode rounds = json.putArray("rounds");
        statistics.rounds().forEach(round -> ComparisonJson.round(rounds.addObject(), round));
        ArrayNode notices = json.putArray("notices");
        statistics.notices().forEach(notices::add);
    }

    private static void asked(ObjectNode json, RehearsalOptions asked) {
        json.put("bandwidth-bytes-per-second", asked.link().bandwidthBytesPerSecond());
        json.put("latency", ComparisonJson.millis(asked.link().latencyNanos()));
        json.put("downtime-limit", ComparisonJson.millis(asked.downtimeLimitNanos()));
        json.put("max-rounds", asked.maxRounds());
        json.put("compress", asked.compression().label());
        json.put("delta-cache-bytes", asked.deltaCacheBytes());
    }

    /** Processor time in each second, and the application's steps if it tells of any. */
    private static void throughput(ObjectNode json, Throughput measured) {
        rate(json.putObject("before"), measured.before());
        rate(json.putObject("during"), measured.during());
        rate(json.putObject("after"), measured.after());
        json.put("loss", ComparisonJson.rounded(measured.loss()));
        json.put("loss-of", measured.countsSteps() ? "steps" : "processor-time");
    }

    private static void rate(ObjectNode json, ThroughputMeter.Rate rate) {
        json.put("time", ComparisonJson.millis(rate.nanos()));
        json.put("processor-time-per-second", ComparisonJson.rounded(rate.processorSeconds()));
        rate.stepsPerSecond().ifPresent(steps -> json.put("steps-per-second", ComparisonJson.rounded(steps)));
    }

    /** What it was like for the program while its memory followed. */
    private static void ahead(ObjectNode json, MigrationStatistics statistics, AheadResult ahead) {
        json.put(
                "memory-followed-for",
                ComparisonJson.millis(statistics
                        .runAhead()
                        .map(RunAheadStatistics::atRiskNanos)
                        .orElse(0L)));
        json.put("taken-pages", ahead.takenPages());
        json.put("kept-pages", ahead.keptPages());
        json.put("faults", ahead.faults());
        json.put("requests", ahead.requests());
        json.put("returned-pages", ahead.returnedPages());
        json.put("zero-faults", ahead.zeroFaults());
        json.put("given-back-pages", ahead.givenBackPages());
        json.put("pages-from-safety-copy", ahead.fromCopyPages());
        json.put("late-pages", ahead.latePages());
        ObjectNode latency = json.putObject("fault-latency");
        latency.put("p50", ComparisonJson.millis(ahead.faultP50Nanos()));
        latency.put("p90", ComparisonJson.millis(ahead.faultP90Nanos()));
        latency.put("p99", ComparisonJson.millis(ahead.faultP99Nanos()));
        latency.put("longest", ComparisonJson.millis(ahead.faultLongestNanos()));
        json.put("safety-copy-preparation", ComparisonJson.millis(ahead.preparingNanos()));
        json.put("safety-copy-catching-up", ComparisonJson.millis(ahead.catchingUpNanos()));
        json.put("safety-copy-pause", ComparisonJson.millis(ahead.safetyPauseNanos()));
        json.put("survey-pause", ComparisonJson.millis(ahead.surveyPauseNanos()));
        json.put("vm-lost", ahead.vmLost());
        json.put("recovery-time", ComparisonJson.millis(ahead.recoveryNanos()));
        statistics.wayHome().ifPresent(way -> wayHome(json.putObject("way-home"), way));
    }

    private static void wayHome(ObjectNode json, WayHomeStatistics way) {
        json.put("points", way.points());
        json.put("sent-pages", way.sentPages());
        json.put("sent-bytes", way.sentBytes());
        json.put("stood-still-time", ComparisonJson.millis(way.stopNanos()));
        json.put("longest-stand-still", ComparisonJson.millis(way.longestStopNanos()));
        json.put("longest-output-delay", ComparisonJson.millis(way.longestHeldNanos()));
        way.journey().ifPresent(journey -> {
            json.put("came-home-in", ComparisonJson.millis(journey.nanos()));
            json.put("came-home-with-bytes", journey.bytes());
            json.put("came-home-downtime", ComparisonJson.millis(journey.downtimeNanos()));
        });
    }

    /** What a thread felt that wanted to run each millisecond. */
    private static void stalls(ObjectNode json, InsideAgent.Stalls stalls) {
        json.put("longest", ComparisonJson.millis(stalls.longestNanos()));
        json.put("p50", ComparisonJson.millis(stalls.p50Nanos()));
        json.put("p90", ComparisonJson.millis(stalls.p90Nanos()));
        json.put("p99", ComparisonJson.millis(stalls.p99Nanos()));
        json.put("p99.9", ComparisonJson.millis(stalls.p999Nanos()));
        json.put("recorded", ComparisonJson.millis(stalls.intervalNanos()));
        json.put("histogram", stalls.histogram());
    }
}
