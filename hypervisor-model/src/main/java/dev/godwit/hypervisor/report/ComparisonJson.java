package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.migration.AwayStatistics;
import dev.godwit.hypervisor.migration.DeviceStatistics;
import dev.godwit.hypervisor.migration.KindBytes;
import dev.godwit.hypervisor.migration.Loss;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.RefetchStatistics;
import dev.godwit.hypervisor.migration.RoundStatistics;
import dev.godwit.hypervisor.migration.RunAheadStatistics;
import dev.godwit.hypervisor.migration.VmFate;
import dev.godwit.hypervisor.migration.WayHomeStatistics;
import dev.godwit.hypervisor.migration.compare.Comparison;
import dev.godwit.hypervisor.migration.compare.ComparisonOptions;
import dev.godwit.hypervisor.page.DeltaStatistics;
import dev.godwit.hypervisor.page.EncodingReport;
import dev.godwit.trace.JvmFacts;
import dev.godwit.trace.MachineMemory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A comparison as JSON.
 *
 * <p>{@code {"trace":{…},"options":{…},"results":[{…},{…}]}}. The names of a result and of its {@code ram} are those of
 * QEMU's {@code query-migrate}, whole milliseconds as there; what QEMU has no word for is under {@code godwit}, times as
 * milliseconds with a fraction. {@code verified} is true only if the independent check ran and passed; what it checked
 * is in {@code godwit.verification}. A guest that ran ahead of its memory has {@code godwit.run-ahead} too. Order of fields is fixed.
 */
final class ComparisonJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private ComparisonJson() {}

    static String write(Comparison comparison) {
        ObjectNode root = MAPPER.createObjectNode();
        trace(root.putObject("trace"), comparison.run());
        options(root.putObject("options"), comparison.options());
        ArrayNode results = root.putArray("results");
        comparison.results().forEach(result -> result(results.addObject(), result));
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
        return MAPPER.writer().with(printer).writeValueAsString(root) + "\n";
    }

    private static void trace(ObjectNode json, RecordedRun run) {
        JvmFacts facts = run.facts();
        json.put("vm", facts.vmName());
        json.put("vm-version", facts.vmVersion());
        json.put("java-version", facts.javaVersion());
        json.put("main-class", facts.mainClass());
        json.put("collector", facts.collector().displayName());
        json.put("heap-max-bytes", facts.heapMaxBytes());
        json.put("processors", facts.processors());
        json.put("page-size", facts.pageSizeBytes());
        json.put("page-tracker", facts.tracker().displayName());
        json.put("eden-tracked", facts.edenTracked());
        json.put("interval", millis(facts.intervalNanos()));
        json.put("duration", millis(run.lastNanos() - run.firstNanos()));
        json.put("complete", run.complete());
        json.put("intervals", run.intervalCount());
        json.put("jvm-pages", run.pages().size());
        json.put("heap-layouts", run.layoutCount());
        json.put("collections", run.collectionCount());
        json.put("young-collections-with-layout", run.youngCollectionCount());
        json.put("lost-records", run.lostRecords());
        ObjectNode written = json.putObject("written-pages-by-kind");
        run.writtenPagesByKind().forEach((kind, pages) -> written.put(kind.label(), pages));
        ObjectNode refused = json.putObject("refused-records");
        run.refusals().countByReason().forEach(refused::put);
        run.machineAt(run.firstNanos()).ifPresent(machine -> machine(json.putObject("machine-memory"), run, machine));
    }

    private static void machine(ObjectNode json, RecordedRun run, MachineMemory machine) {
        json.put("total-bytes", machine.totalBytes());
        json.put("kernel-bytes", machine.kernelBytes());
        json.put("page-cache-bytes", machine.pageCacheBytes());
        json.put("other-processes-bytes", machine.otherProcessesBytes());
        json.put("free-bytes", machine.freeBytes());
        json.put("jvm-resident-bytes", machine.jvmResidentBytes());
        json.put("page-cache-dirtied-pages-per-second", rounded(run.pageCacheDirtiedPerSecond()));
    }

    private static void options(ObjectNode json, ComparisonOptions options) {
        json.put("bandwidth-bytes-per-second", options.bandwidthBytesPerSecond());
        json.put("latency", millis(options.latencyNanos()));
        json.put("memory-bytes", options.memoryBytes());
        json.put("seed", options.seed());
        json.put("downtime-limit", millis(options.downtimeLimitNanos()));
        json.put("max-rounds", options.maxRounds());
        json.put("paging", options.virtualization().paging().label());
        json.put("balloon-bytes", options.virtualization().balloonBytes());
        json.put("pcpus", options.virtualization().hosts().pcpus());
        json.put("neighbours", options.virtualization().hosts().neighbours());
        json.put("stay", millis(options.techniques().stayNanos()));
        json.put("storage-bandwidth-bytes-per-second", options.techniques().storageBandwidthBytesPerSecond());
        json.put("storage-latency", millis(options.techniques().storageLatencyNanos()));
        json.put("in-flight", options.virtualization().inFlight().label());
        json.put("start", options.start().byPolicy() ? "policy" : "now");
        json.put("max-wait", millis(options.start().maxWaitNanos()));
        if (options.startAtNanos().isPresent()) {
            json.put("start-at", millis(options.startAtNanos().getAsLong()));
        }
    }

    private static void result(ObjectNode json, MigrationResult result) {
        MigrationStatistics statistics = result.statistics();
        json.put("technique", result.technique());
        json.put("hints", result.hints());
        json.put("status", result.status().label());
        json.put("total-time", wholeMillis(statistics.totalNanos()));
        json.put("downtime", wholeMillis(statistics.downtimeNanos()));
        json.put("setup-time", wholeMillis(statistics.setupNanos()));
        json.put("expected-downtime", wholeMillis(statistics.expectedDowntimeNanos()));
        if (statistics.cpuThrottlePercent() > 0) {
            json.put("cpu-throttle-percentage", statistics.cpuThrottlePercent());
        }
        ram(json.putObject("ram"), result);
        statistics.encoding().ifPresent(report -> deltaCache(json.putObject("xbzrle-cache"), report.delta(), result));
        json.put("verified", result.verification().passed());
        godwit(json.putObject("godwit"), result);
    }

    private static void ram(ObjectNode json, MigrationResult result) {
        MigrationStatistics statistics = result.statistics();
        RoundStatistics lastRound = lastRoundWhileRunning(statistics);
        json.put("transferred", statistics.transferredBytes());
        json.put("total", result.totalBytes());
        json.put("remaining", statistics.remainingBytes());
        json.put("duplicate", statistics.zeroPages());
        json.put("normal", statistics.rawPages());
        json.put("normal-bytes", statistics.rawPages() * result.pageSizeBytes());
        json.put("skipped", 0);
        json.put("dirty-sync-count", statistics.dirtySyncs());
        json.put("dirty-pages-rate", perSecond(lastRound.dirtiedPages(), lastRound.durationNanos()));
        json.put("mbps", rounded(transferredMegabits(statistics)));
        json.put("pages-per-second", perSecond(lastRound.sentPages(), lastRound.durationNanos()));
        json.put("page-size", result.pageSizeBytes());
        json.put(
                "postcopy-requests",
                statistics.runAhead().map(RunAheadStatistics::requests).orElse(0L));
        json.put("precopy-bytes", statistics.precopyBytes());
        json.put("downtime-bytes", statistics.downtimeBytes());
        json.put("postcopy-bytes", statistics.postcopyBytes());
    }

    /** As QEMU does when a migration is over: everything sent, over the time from the end of the set-up on. */
    static double transferredMegabits(MigrationStatistics statistics) {
        long nanos = statistics.totalNanos() - statistics.setupNanos();
        return nanos <= 0 ? 0 : statistics.transferredBytes() * 8.0 / 1e6 / (nanos / 1e9);
    }

    private static RoundStatistics lastRoundWhileRunning(MigrationStatistics statistics) {
        RoundStatistics last = new RoundStatistics(0, false, 0, 0, 0, 0, 0, 0);
        for (RoundStatistics round : statistics.rounds()) {
            last = round.paused() ? last : round;
        }
        return last;
    }

    private static void godwit(ObjectNode json, MigrationResult result) {
        MigrationStatistics statistics = result.statistics();
        json.put("measured", false);
        json.put("modelled", true);
        json.put("reason", result.reason());
        outcome(json.putObject("outcome"), statistics);
        MomentsJson.write(json, statistics.moments());
        json.put("verification", result.verification().text());
        json.put("deferred-pages", statistics.deferredPages());
        json.put("dropped-pages", statistics.droppedPages());
        json.put("ballooned-pages", statistics.balloonedPages());
        json.put("deflated-pages", statistics.deflatedPages());
        json.put("dirty-log-time", millis(statistics.dirtyLogNanos()));
        statistics.devices().ifPresent(devices -> devices(json, devices));
        json.put("collections", statistics.collections());
        json.put("collection-pause", millis(statistics.collectionNanos()));
        json.put("app-pause", millis(statistics.appPauseNanos()));
        json.put("predicted-survivor-bytes", statistics.predictedSurvivorBytes());
        statistics.cpu().ifPresent(cpu -> CpuJson.write(json.putObject("cpu"), cpu));
        statistics.encoding().ifPresent(report -> encoding(json, report));
        byKind(json.putObject("sent-bytes-by-kind"), statistics.sentByKind());
        byKind(json.putObject("resent-bytes-by-kind"), statistics.resentByKind());
        statistics.runAhead().ifPresent(ahead -> runAhead(json.putObject("run-ahead"), ahead));
        statistics.wayHome().ifPresent(way -> wayHome(json.putObject("way-home"), way));
        statistics.away().ifPresent(away -> away(json.putObject("away"), away, result.pageSizeBytes()));
        statistics.refetch().ifPresent(refetch -> refetch(json.putObject("refetch"), refetch));
        ArrayNode rounds = json.putArray("rounds");
        statistics.rounds().forEach(round -> round(rounds.addObject(), round));
        ArrayNode notices = json.putArray("notices");
        statistics.notices().forEach(notices::add);
    }

    /** What became of the VM, and what the loss of a host would have cost at the worst moment. */
    private static void outcome(ObjectNode json, MigrationStatistics statistics) {
        json.put("vm", statistics.fate().label());
        if (statistics.fate() instanceof VmFate.RolledBack rolledBack) {
            json.put("lost-work", millis(rolledBack.lostWorkNanos()));
        }
        loss(
                json.putObject("worst-loss-with-destination"),
                statistics.worstLoss().destinationHost());
        loss(json.putObject("worst-loss-with-source"), statistics.worstLoss().sourceHost());
    }

    private static void refetch(ObjectNode json, RefetchStatistics refetch) {
        json.put("pages-in-step", refetch.offeredPages());
        json.put("pages", refetch.pages());
        json.put("bytes", refetch.bytes());
        json.put("sent-instead-pages", refetch.sentInsteadPages());
        json.put("list-bytes", refetch.listBytes());
        json.put("time", millis(refetch.nanos()));
    }

    private static void away(ObjectNode json, AwayStatistics away, int pageSizeBytes) {
        json.put("stay", millis(away.stayNanos()));
        json.put("fetched-pages", away.fetchedPages());
        json.put("fetched-bytes", away.fetchedBytes());
        json.put("memory-bytes", away.memoryPages() * pageSizeBytes);
    }

    private static void wayHome(ObjectNode json, WayHomeStatistics way) {
        json.put("consistent-points", way.points());
        json.put("sent-back-pages", way.sentPages());
        json.put("sent-back-bytes", way.sentBytes());
        json.put("stop-time", millis(way.stopNanos()));
        json.put("longest-stop", millis(way.longestStopNanos()));
        json.put("longest-output-delay", millis(way.longestHeldNanos()));
        way.journey().ifPresent(journey -> {
            ObjectNode home = json.putObject("journey-home");
            home.put("time", millis(journey.nanos()));
            home.put("bytes", journey.bytes());
            home.put("downtime", millis(journey.downtimeNanos()));
        });
    }

    private static void loss(ObjectNode json, Loss loss) {
        json.put("of", loss.kind().label());
        if (loss.kind() == Loss.Kind.WORK) {
            json.put("work", millis(loss.workNanos()));
        }
        if (loss.kind() != Loss.Kind.NOTHING) {
            json.put("at", millis(loss.atNanos()));
        }
    }

    private static void devices(ObjectNode json, DeviceStatistics devices) {
        ObjectNode network = json.putObject("network");
        network.put("longest-gap", millis(devices.longestGapNanos()));
        network.put("requests", devices.clientRequests());
        network.put("retransmissions", devices.retransmissions());
        network.put("connection-lost", devices.connectionLost());
        network.put("announcements", devices.announcements());
        ObjectNode disk = json.putObject("disk");
        disk.put("requests", devices.diskRequests());
        disk.put("in-flight-at-pause", devices.inFlightAtPause());
        disk.put("carried-over", devices.carriedOver());
    }

    static void deltaCache(ObjectNode json, DeltaStatistics delta, MigrationResult result) {
        json.put("cache-size", delta.cacheBytes());
        json.put("bytes", delta.bytes());
        json.put("pages", delta.pages());
        json.put("cache-miss", delta.cacheMiss());
        json.put("cache-miss-rate", rounded(delta.cacheMissRate()));
        json.put("encoding-rate", rounded(delta.encodingRate(result.pageSizeBytes())));
        json.put("overflow", delta.overflow());
    }

    static void encoding(ObjectNode json, EncodingReport report) {
        json.put("encoder-cpu-time", millis(report.cpuNanos()));
        ObjectNode kinds = json.putObject("encoders");
        for (EncodingReport.Kind kind : report.kinds()) {
            ObjectNode picked = kinds.putObject(kind.kind().label());
            picked.put("sampled", kind.sampled());
            picked.put("first", kind.first().label());
            picked.put("again", kind.again().label());
            ObjectNode pages = picked.putObject("pages");
            kind.pages().forEach((encoding, count) -> pages.put(encoding.label(), count));
        }
    }

    private static void runAhead(ObjectNode json, RunAheadStatistics ahead) {
        json.put("network-faults", ahead.faults());
        json.put("fault-time", millis(ahead.faultNanos()));
        json.put("longest-fault", millis(ahead.longestFaultNanos()));
        json.put("empty-faults", ahead.emptyFaults());
        json.put("page-list-bytes", ahead.pageListBytes());
        json.put("at-risk-time", millis(ahead.atRiskNanos()));
        json.put("vm-lost", ahead.vmLost());
    }

    private static void byKind(ObjectNode json, KindBytes bytes) {
        bytes.byKind().forEach((kind, count) -> json.put(kind.label(), count));
    }

    static void round(ObjectNode json, RoundStatistics round) {
        json.put("round", round.round());
        json.put("paused", round.paused());
        json.put("time", millis(round.durationNanos()));
        json.put("sent-pages", round.sentPages());
        json.put("sent-bytes", round.sentBytes());
        json.put("deferred-pages", round.deferredPages());
        json.put("dirtied-pages", round.dirtiedPages());
        json.put("left-bytes", round.leftBytes());
    }

    private static long perSecond(long count, long nanos) {
        return nanos == 0 ? 0 : Math.round(count * 1e9 / nanos);
    }

    static long wholeMillis(long nanos) {
        return Math.round(nanos / 1e6);
    }

    static double millis(long nanos) {
        return rounded(ComparisonReport.millis(nanos));
    }

    static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
