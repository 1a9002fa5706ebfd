package dev.godwit.hypervisor.migration.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.Moments;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.compare.ComparisonOptions;
import dev.godwit.hypervisor.migration.compare.ManyStarts;
import dev.godwit.hypervisor.migration.compare.StartOptions;
import dev.godwit.hypervisor.migration.compare.Technique;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StartsTest {
    private static final long SECOND = 1_000_000_000;
    private static final int STARTS = 100;
    private static final ComparisonOptions OPTIONS =
            ComparisonOptions.defaults().withMemoryBytes(96L << 20);

    private final RecordedRun run = trace();

    private static RecordedRun trace() {
        MadeUpJvm jvm =
                new MadeUpJvm(5).young(8, 1, 2_000_000).old(16).writes(10, 200).seconds(30);
        SplittableRandom random = new SplittableRandom(5);
        for (long now = 300; now < 29_000; ) {
            int length = 100 + random.nextInt(1_500);
            jvm.section("batch", now * 1_000_000, Math.min(length, 29_500 - now) * 1_000_000);
            now += length + 50 + random.nextInt(1_000);
        }
        return jvm.record();
    }

    @Test
    void ofAHundredStartsAtRandomMomentsNoneHitsASectionUnlessItIsForced() {
        for (String label : List.of("pre-copy+hints", "post-copy+hints")) {
            List<MigrationResult> now = start(label, OPTIONS);
            List<MigrationResult> safe = start(label, OPTIONS.withStart(StartOptions.policy(20 * SECOND)));
            List<MigrationResult> impatient = start(label, OPTIONS.withStart(StartOptions.policy(SECOND / 4)));

            assertThat(now.stream().filter(StartsTest::hits).count()).as(label).isBetween(30L, 80L);
            assertThat(safe).as(label).noneMatch(StartsTest::hits);
            assertThat(impatient).as(label).anyMatch(StartsTest::hits);
            assertThat(impatient.stream().filter(StartsTest::hits))
                    .as(label)
                    .allMatch(StartsTest::isForced)
                    .allMatch(result -> result.statistics()
                            .moments()
                            .hit()
                            .orElseThrow()
                            .names()
                            .equals(List.of("batch")));
            assertThat(medianWaitNanos(safe))
                    .as(label)
                    .isLessThan(run.hintTimeline().longestNanos());
            assertThat(now).as(label).allMatch(result -> result.verification().passed());
            assertThat(safe).as(label).allMatch(result -> result.verification().passed());
        }
    }

    private List<MigrationResult> start(String label, ComparisonOptions options) {
        return ManyStarts.run(
                run,
                options,
                Technique.named(label).orElseThrow(),
                ManyStarts.moments(run, STARTS, 9),
                ProgressListener.NONE,
                new CancelToken());
    }

    private static boolean hits(MigrationResult result) {
        return result.statistics().moments().hit().orElseThrow().sections() > 0;
    }

    private static boolean isForced(MigrationResult result) {
        return result.statistics().moments().pause().orElseThrow().forced();
    }

    private static long medianWaitNanos(List<MigrationResult> results) {
        long[] waits = results.stream()
                .mapToLong(result -> {
                    Moments moments = result.statistics().moments();
                    return moments.start().orElseThrow().waitedNanos()
                            + moments.pause().orElseThrow().waitedNanos();
                })
                .sorted()
                .toArray();
        return waits[waits.length / 2];
    }
}
