package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.sim.RandomStreams;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** One technique, begun at many moments of one recorded run: how much depends on the moment. */
public final class ManyStarts {
    private ManyStarts() {}

    /** So many moments of a run, each as likely as any other, in ascending order. */
    public static long[] moments(RecordedRun run, int count, long seed) {
        SplittableRandom random = new RandomStreams(seed).stream("moments to start at");
        return LongStream.range(0, count)
                .map(i -> run.firstNanos() + random.nextLong(run.lastNanos() - run.firstNanos()))
                .sorted()
                .toArray();
    }

    /** So many moments of a run at even distances, the first half a distance behind its beginning. */
    public static long[] evenMoments(RecordedRun run, int count) {
        long distance = (run.lastNanos() - run.firstNanos()) / count;
        return LongStream.range(0, count)
                .map(i -> run.firstNanos() + distance / 2 + i * distance)
                .toArray();
    }

    /**
     * Migrates once from each moment, several at a time.
     *
     * @param progress is told of each that is begun and over, from several threads
     * @param cancel cancels those under way and those that follow
     * @return one result for each moment, in their order
     * @throws dev.godwit.hypervisor.guest.UnusableTraceException if the guest's memory is too small for the trace
     */
    public static List<MigrationResult> run(
            RecordedRun run,
            ComparisonOptions options,
            Technique technique,
            long[] moments,
            ProgressListener progress,
            CancelToken cancel) {
        return SideBySide.map(
                LongStream.of(moments).boxed().toList(),
                SideBySide.threads(options.memoryBytes() / run.facts().pageSizeBytes()),
                moment -> Comparison.migrate(
                        run, options.withStartAtNanos(moment), technique, progress, cancel, Optional.empty()));
    }
}
