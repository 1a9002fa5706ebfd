package dev.godwit.hypervisor.advise;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.guest.WritingProfile;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.compare.ComparisonOptions;
import dev.godwit.trace.MemoryKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Why a migration that is told nothing fares as it does, and what would have to be different. */
final class Reasons {
    private static final double MEBI = 1 << 20;

    private final ComparisonOptions options;
    private final WritingProfile profile;

    Reasons(RecordedRun run, ComparisonOptions options) {
        this.options = options;
        profile = WritingProfile.of(run);
    }

    /**
     * Sentences, without their full stops.
     *
     * @param plain replays of pre-copy without hints
     */
    List<String> of(List<MigrationResult> plain) {
        List<String> reasons = new ArrayList<>();
        long completed = plain.stream()
                .filter(result -> result.status() == MigrationStatus.COMPLETED)
                .count();
        reasons.add(String.format(
                Locale.ROOT,
                "The application allocates %.0f MiB/s into an Eden of up to %.0f MiB, and writes %.0f MiB of other memory in a second"
                        + " and %.0f MiB in ten; the link carries %.0f MiB/s",
                profile.allocationBytesPerSecond() / MEBI,
                profile.edenBytes() / MEBI,
                profile.distinctBytes(1e9, 0) / MEBI,
                profile.distinctBytes(1e10, 0) / MEBI,
                options.bandwidthBytesPerSecond() / MEBI));
        addKinds(reasons, plain);
        if (completed < plain.size()) {
            reasons.add("Pre-copy that is told nothing was completed from " + completed + " of " + plain.size()
                    + " moments: it sends again what is written faster than it is sent");
            addWhatWouldConverge(reasons, plain);
        }
        return reasons;
    }

    private static void addKinds(List<String> reasons, List<MigrationResult> plain) {
        Map<MemoryKind, Long> bytes = new EnumMap<>(MemoryKind.class);
        plain.forEach(result -> result.statistics()
                .resentByKind()
                .byKind()
                .forEach((kind, count) -> bytes.merge(kind, count, Long::sum)));
        long total = bytes.values().stream().mapToLong(Long::longValue).sum();
        if (total == 0) {
            return;
        }
        List<Map.Entry<MemoryKind, Long>> largest = bytes.entrySet().stream()
                .sorted(Map.Entry.<MemoryKind, Long>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(3)
                .toList();
        reasons.add("Of what would be sent again "
                + largest.stream()
                        .map(entry -> String.format(
                                Locale.ROOT, "%.0f %% is %s", 100.0 * entry.getValue() / total, words(entry.getKey())))
                        .collect(Collectors.joining(", ")));
    }

    private static String words(MemoryKind kind) {
        return kind == MemoryKind.EDEN ? "Eden" : kind.label().replace('-', ' ');
    }

    private void addWhatWouldConverge(List<String> reasons, List<MigrationResult> plain) {
        RoundSeries series =
                new RoundSeries(profile, firstRoundBytes(plain), options.downtimeLimitNanos(), options.maxRounds());
        OptionalLong eden = series.convergingEdenBytes(options.bandwidthBytesPerSecond());
        OptionalLong link = series.convergingLink(options.bandwidthBytesPerSecond());
        if (eden.isPresent()) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "By the series of rounds it would converge on this link with an Eden of %.0f MiB, which would be collected %.1f times"
                            + " a second",
                    eden.getAsLong() / MEBI,
                    profile.allocationBytesPerSecond() / eden.getAsLong()));
        } else {
            reasons.add("By the series of rounds no smaller Eden would let it converge on this link");
        }
        if (link.isPresent()) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "By the series of rounds it would converge with the Eden it has on a link of %.1f Gbit/s",
                    link.getAsLong() * 8 / 1e9));
        }
    }

    private static long firstRoundBytes(List<MigrationResult> plain) {
        return plain.stream()
                .filter(result -> !result.statistics().rounds().isEmpty())
                .mapToLong(result -> result.statistics().rounds().get(0).sentBytes())
                .findFirst()
                .orElse(0);
    }
}
