package dev.godwit.hypervisor.advise;

import dev.godwit.hypervisor.advise.Advice.BestMoment;
import dev.godwit.hypervisor.advise.Advice.Guarded;
import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.Moments;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.compare.ComparisonOptions;
import dev.godwit.hypervisor.migration.compare.ManyStarts;
import dev.godwit.hypervisor.migration.compare.StartOptions;
import dev.godwit.hypervisor.migration.compare.Technique;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds out by trying: each technique is replayed from several moments of a recorded run, the best from many, and from many with
 * hints that choose the moment. Same run, options and number of starts, same advice.
 */
public final class Adviser {
    /** How many moments the best technique is replayed from, if nothing else is asked for. */
    public static final int DEFAULT_STARTS = 20;

    private static final int STARTS_OF_EACH = 6;
    private static final long MAX_WAIT_NANOS = 30_000_000_000L;

    /** What is worth considering to move a VM for good with nothing but a link. */
    private static final List<String> CANDIDATES =
            List.of("pre-copy", "pre-copy+hints", "pre-copy+hints+delta", "hybrid+hints", "post-copy+hints");

    private final RecordedRun run;
    private final ComparisonOptions options;
    private final int starts;
    private final ModelErrors errors;
    private final ProgressListener progress;
    private final CancelToken cancel;

    private Adviser(
            RecordedRun run,
            ComparisonOptions options,
            int starts,
            ModelErrors errors,
            ProgressListener progress,
            CancelToken cancel) {
        this.run = run;
        this.options = options;
        this.starts = starts;
        this.errors = errors;
        this.progress = progress;
        this.cancel = cancel;
    }

    /** How many migrations {@link #advise} replays. */
    public static int replays(int starts) {
        return CANDIDATES.size() * STARTS_OF_EACH + 2 * starts;
    }

    /**
     * Advises.
     *
     * @param starts how many moments the best technique is replayed from, at least one
     * @param timeouts to be held against the expected blackout
     * @param errors of the model, by which the band of what is expected is widened
     * @param progress is told of every replay, from several threads
     * @throws dev.godwit.hypervisor.guest.UnusableTraceException if the guest's memory is too small for the trace
     */
    public static Advice advise(
            RecordedRun run,
            ComparisonOptions options,
            int starts,
            List<HeartbeatTimeout> timeouts,
            ModelErrors errors,
            ProgressListener progress,
            CancelToken cancel) {
        return new Adviser(run, options, starts, errors, progress, cancel).advise(timeouts);
    }

    private Advice advise(List<HeartbeatTimeout> timeouts) {
        long[] few = ManyStarts.evenMoments(run, STARTS_OF_EACH);
        List<Outlook> candidates = new ArrayList<>();
        List<MigrationResult> plain = List.of();
        for (String label : CANDIDATES) {
            List<MigrationResult> results = replay(label, few, options);
            candidates.add(Outlook.of(label, results));
            plain = label.equals(CANDIDATES.get(0)) ? results : plain;
        }
        Optional<Outlook> best = best(candidates);
        List<String> reasons = new Reasons(run, options).of(plain);
        if (best.isEmpty()) {
            return new Advice(
                    run,
                    options,
                    candidates,
                    Optional.empty(),
                    "none was completed from any moment",
                    Optional.empty(),
                    new BestMoment("there is none on this link", -1, criticalShare(), 0, 0, Optional.empty()),
                    reasons,
                    List.of(),
                    "there is no band");
        }
        String label = best.get().technique();
        long[] many = ManyStarts.evenMoments(run, starts);
        List<MigrationResult> atOnce = replay(label, many, options);
        List<MigrationResult> waiting = replay(label, many, options.withStart(StartOptions.policy(MAX_WAIT_NANOS)));
        Outlook expected = Outlook.of(label, waiting).with(errorsOf(label));
        return new Advice(
                run,
                options,
                candidates,
                Optional.of(label),
                whyBest(best.get()),
                Optional.of(expected),
                moment(many, atOnce, waiting),
                reasons,
                expected.figures()
                        .map(figures -> guard(timeouts, figures.stoppedMillis()))
                        .orElse(List.of()),
                bandMadeOf(label));
    }

    private List<MigrationResult> replay(String label, long[] moments, ComparisonOptions with) {
        return ManyStarts.run(run, with, Technique.named(label).orElseThrow(), moments, progress, cancel);
    }

    /**
     * Of those that are completed from most moments, without a risk for the VM if there is such a one, the shortest among those
     * that stop the application no longer than the limit, else that which stops it for the shortest.
     */
    private Optional<Outlook> best(List<Outlook> candidates) {
        Comparator<Outlook> order = Comparator.comparing((Outlook outlook) -> outlook.completed() == 0)
                .thenComparing(outlook -> !outlook.alwaysCompletes())
                .thenComparing(Outlook::risksVm)
                .thenComparing(outlook -> !withinLimit(outlook))
                .thenComparing(outlook -> withinLimit(outlook)
                        ? outlook.figures().orElseThrow().totalSeconds().middle()
                        : outlook.figures()
                                .map(figures -> figures.stoppedMillis().middle())
                                .orElse(Double.MAX_VALUE));
        return candidates.stream().min(order).filter(outlook -> outlook.completed() > 0);
    }

    private boolean withinLimit(Outlook outlook) {
        return outlook.figures()
                .filter(figures -> figures.stoppedMillis().high() <= options.downtimeLimitNanos() / 1e6)
                .isPresent();
    }

    private String whyBest(Outlook best) {
        String completes = best.alwaysCompletes()
                ? "completed from each of " + best.starts() + " moments"
                : "completed from " + best.completed() + " of " + best.starts() + " moments, none from more";
        if (best.risksVm()) {
            return completes + "; while it runs, the loss of a host loses the VM, which no other that completes avoids";
        }
        return completes
                + (withinLimit(best)
                        ? ", and the shortest of those that stop the application within the limit"
                        : ", and stops the application for the shortest time; none stays within the limit");
    }

    private BestMoment moment(long[] moments, List<MigrationResult> atOnce, List<MigrationResult> waiting) {
        int best = -1;
        for (int i = 0; i < moments.length; i++) {
            if (atOnce.get(i).status() == MigrationStatus.COMPLETED
                    && (best < 0 || isBetter(atOnce.get(i), atOnce.get(best)))) {
                best = i;
            }
        }
        double hitAtOnce = hitShare(atOnce);
        double hitWaiting = hitShare(waiting);
        double[] waits = waiting.stream().mapToDouble(Adviser::waitedMillis).toArray();
        return new BestMoment(
                words(hitAtOnce, hitWaiting, Band.of(waits), Outlook.of("", atOnce)),
                best < 0 ? -1 : moments[best],
                criticalShare(),
                hitAtOnce,
                hitWaiting,
                Optional.of(Band.of(waits)));
    }

    private static boolean isBetter(MigrationResult one, MigrationResult other) {
        int hitsOfOne = sectionsHit(one);
        int hitsOfOther = sectionsHit(other);
        if (hitsOfOne != hitsOfOther) {
            return hitsOfOne < hitsOfOther;
        }
        return Outlook.stoppedMillis(one) < Outlook.stoppedMillis(other);
    }

    private String words(double hitAtOnce, double hitWaiting, Band wait, Outlook atOnce) {
        if (hitAtOnce > 0) {
            return String.format(
                    Locale.ROOT,
                    "let the policy choose: begun at once, %.0f %% of the pauses hit a critical section; waiting for a good moment"
                            + " brings that to %.0f %% and takes %.1f s at the median, %.1f s for one of ten",
                    100 * hitAtOnce,
                    100 * hitWaiting,
                    wait.middle() / 1e3,
                    wait.high() / 1e3);
        }
        return atOnce.figures()
                .map(figures -> String.format(
                        Locale.ROOT,
                        "any: no pause hit a critical section, and over the moments looked at the total time is %.1f to %.1f s",
                        figures.totalSeconds().low(),
                        figures.totalSeconds().high()))
                .orElse("none of those looked at");
    }

    private static double hitShare(List<MigrationResult> results) {
        return results.stream().filter(result -> sectionsHit(result) > 0).count() / (double) results.size();
    }

    private static int sectionsHit(MigrationResult result) {
        return result.statistics().moments().hit().map(Moments.Hit::sections).orElse(0);
    }

    private static double waitedMillis(MigrationResult result) {
        Moments moments = result.statistics().moments();
        return (moments.start().map(Moments.Choice::waitedNanos).orElse(0L)
                        + moments.pause().map(Moments.Choice::waitedNanos).orElse(0L))
                / 1e6;
    }

    private double criticalShare() {
        return run.hintTimeline().criticalNanos(run.firstNanos(), run.lastNanos())
                / (double) (run.lastNanos() - run.firstNanos());
    }

    private static List<Guarded> guard(List<HeartbeatTimeout> timeouts, Band blackoutMillis) {
        return timeouts.stream()
                .map(timeout -> new Guarded(timeout, timeout.firedBy(blackoutMillis)))
                .toList();
    }

    private ModelErrors errorsOf(String label) {
        Technique technique = Technique.named(label).orElseThrow();
        return errors.near(technique.name(), options.bandwidthBytesPerSecond(), technique.hints());
    }

    private String bandMadeOf(String label) {
        String technique = Technique.named(label).orElseThrow().name();
        return "the band is the 10th to the 90th percentile of " + starts
                + " replays begun at as many moments of the trace, widened by what the model was wrong by in "
                + errorsOf(label).described(technique);
    }
}
