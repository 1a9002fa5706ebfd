package dev.godwit.hypervisor.migration.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.guest.SyntheticTrace;
import dev.godwit.hypervisor.migration.AheadWork;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.PageWork;
import dev.godwit.hypervisor.page.Compression;
import dev.godwit.hypervisor.page.ZeroOrRawEncoder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PredictionTest {
    private static final long MS = SyntheticTrace.MS;

    private static final PageWork WORK = new PageWork(4000, 100, 12_000, 9000, 6000, 0);

    private static final AheadWork AHEAD = new AheadWork(3000, 5000, 2000, 4000, 25 * MS);

    private final RecordedRun run = new SyntheticTrace(3).record();

    @Test
    void whatARehearsalSpentOnSettingUpAndOnReadingItsLogIsGivenToItsReplay() {
        Prediction free = Prediction.of(run, measured(0, 0, 0));
        Prediction given = Prediction.of(run, measured(200 * MS, 120 * MS, 3));

        assertThat(free.status()).isEqualTo(MigrationStatus.COMPLETED.label());
        long readings = given.statistics().dirtySyncs() + 1;
        assertThat(given.statistics().setupNanos()).isEqualTo(200 * MS);
        // Three readings and the beginning took 120 ms.
        assertThat(given.statistics().dirtyLogNanos()).isEqualTo(readings * 30 * MS);
        long linkNanos = given.statistics().transferredBytes() * 8;
        assertThat(given.statistics().totalNanos())
                .isBetween(linkNanos + (200 + readings * 30) * MS, linkNanos + (215 + readings * 30) * MS);
    }

    @Test
    void timesThatNoRehearsalCanHaveAreRefused() {
        assertThatThrownBy(() -> measured(60_000 * MS, 0, 0)).hasMessageContaining("setup time");
        assertThatThrownBy(() -> measured(0, -1, 0)).hasMessageContaining("dirty log");
    }

    @Test
    void fewerProcessorsForTheSameWorkMakeARehearsalSlower() {
        Prediction many = Prediction.of(run, on(new RehearsingMachine(8, true, 1, WORK)));
        Prediction two = Prediction.of(run, on(new RehearsingMachine(2, true, 1, WORK)));
        Prediction one = Prediction.of(run, on(new RehearsingMachine(1, true, 0.5, WORK)));
        Prediction elsewhere = Prediction.of(run, on(new RehearsingMachine(1, false, 0.5, WORK)));

        assertThat(one.status()).isEqualTo(MigrationStatus.COMPLETED.label());
        // With a processor for each the destination decides, whose first pages cost it most.
        assertThat(many.statistics().totalNanos()).isGreaterThan(perPage(many, WORK.againNanos()));
        assertThat(two.statistics().totalNanos())
                .isGreaterThan(many.statistics().totalNanos());
        assertThat(one.statistics().totalNanos())
                .isGreaterThan(elsewhere.statistics().totalNanos());
        assertThat(one.statistics().totalNanos()).isGreaterThan(perPage(one, WORK.sendNanos() + WORK.againNanos()));
        assertThat(Prediction.of(run, on(new RehearsingMachine(1, true, 0.5, WORK)))
                        .statistics()
                        .totalNanos())
                .isEqualTo(one.statistics().totalNanos());
    }

    @Test
    void pagesThatCostNothingTakeAsLongAsTheLinkDoes() {
        PageWork none = new PageWork(0, 0, 0, 0, 0, 0);
        Prediction free = Prediction.of(run, on(new RehearsingMachine(1, true, 0, none)));

        long linkNanos = (long) (free.statistics().transferredBytes() / 1.25);
        assertThat(free.statistics().totalNanos()).isBetween(linkNanos, linkNanos + 15 * MS);
    }

    @Test
    void whatTheCompilersOfTheRehearsingProcessHadToDoSlowsItUntilItIsDone() {
        RehearsingMachine machine = new RehearsingMachine(1, true, 0, WORK);
        long none = nanos(measured("pre-copy", 0, 0, 0, 0, 1_250_000_000, 0, Optional.of(machine)));
        long some = nanos(measured("pre-copy", 0, 0, 0, 0, 1_250_000_000, 40 * MS, Optional.of(machine)));
        long beforeAnythingWasSent =
                nanos(measured("pre-copy", 300 * MS, 0, 0, 0, 1_250_000_000, 40 * MS, Optional.of(machine)));

        // On one processor all that is done takes its time.
        assertThat(some).isGreaterThan(none + 39 * MS);
        assertThat(beforeAnythingWasSent).isLessThan(none + 320 * MS);
    }

    private long nanos(MeasuredRehearsal measured) {
        return Prediction.of(run, measured).statistics().totalNanos();
    }

    @Test
    void aPageThatTheDestinationHasHadCostsItLess() {
        WeighedPages pages =
                new WeighedPages(new ZeroOrRawEncoder(4096), new PageWork(10, 2, 700, 500, 200, 0), 8, () -> false);

        pages.encode(0, 1, false);
        pages.encode(1, 1, false);
        assertThat(pages.take()).isEqualTo(new RehearsingMachine.Work(20, 1400, 0, 0));
        pages.encode(2, 1, false);
        pages.encode(1, 1, false);
        assertThat(pages.take()).isEqualTo(new RehearsingMachine.Work(20, 700, 0, 0));
        assertThat(pages.take()).isEqualTo(new RehearsingMachine.Work(0, 0, 0, 0));
    }

    @Test
    void aPageOfAProgramThatRunsAheadOfItAsksForWhatBringsItThere() {
        boolean[] ahead = new boolean[1];
        WeighedPages pages = new WeighedPages(
                new ZeroOrRawEncoder(4096), new PageWork(10, 2, 700, 500, 200, 0).withAhead(AHEAD), 8, () -> ahead[0]);

        pages.encode(0, 1, false);
        assertThat(pages.take()).isEqualTo(new RehearsingMachine.Work(10, 700, 0, 0));
        ahead[0] = true;
        pages.encode(1, 1, false);
        assertThat(pages.take()).isEqualTo(new RehearsingMachine.Work(3000, 5200, 2000, 4000));
        pages.encode(2, 1, false);
        assertThat(pages.take()).isEqualTo(new RehearsingMachine.Work(3000, 5000, 2000, 4000));
    }

    @Test
    void whatRunsAheadOfItsMemoryIsSlowedByAllThatBringsItToTheProgram() {
        RehearsingMachine known = new RehearsingMachine(2, true, 1, WORK.withAhead(AHEAD));
        RehearsingMachine unknown = new RehearsingMachine(2, true, 1, WORK);
        for (String technique : List.of("post-copy", "hybrid", "cancellable-post-copy")) {
            Prediction slow = Prediction.of(run, by(technique, known));
            Prediction free = Prediction.of(run, by(technique, unknown));

            assertThat(slow.status()).as(technique + ": " + slow.reason()).isEqualTo(MigrationStatus.COMPLETED.label());
            // The four have 14 us of work with each page, on two processors.
            long pages = slow.statistics().postcopyBytes() / (4096 + 8);
            assertThat(slow.statistics().totalNanos()).as(technique).isGreaterThan(pages * 7000);
            assertThat(free.statistics().totalNanos())
                    .as(technique)
                    .isLessThan(slow.statistics().totalNanos());
        }
    }

    @Test
    void whatHeldARehearsalUpInItsPauseIsInTheDowntimeOfItsReplay() {
        RehearsingMachine machine = new RehearsingMachine(2, true, 1, WORK.withAhead(AHEAD));
        for (String technique : List.of("post-copy", "hybrid", "cancellable-post-copy")) {
            Prediction none = Prediction.of(run, by(technique, new RehearsingMachine(2, true, 1, WORK)));
            Prediction some = Prediction.of(
                    run, measured(technique, 0, 90 * MS, 2, 12 * MS, 1_250_000_000, 0, Optional.of(machine)));

            // The messages are a little slower than the link alone.
            assertThat(some.statistics().downtimeNanos())
                    .as(technique)
                    .isBetween((12 + 25) * MS, none.statistics().downtimeNanos() + (12 + 25 + 1) * MS);
        }
    }

    @Test
    void theReadingInThePauseOfAHybridIsItsSurvey() {
        MeasuredRehearsal measured = measured("hybrid", 0, 90 * MS, 2, 12 * MS, 1_250_000_000, 0, Optional.empty());
        Prediction given = Prediction.of(run, measured);

        assertThat(given.statistics().dirtyLogNanos()).isEqualTo(90 * MS);
        assertThat(given.statistics().downtimeNanos()).isBetween(12 * MS, 14 * MS);
    }

    private static long perPage(Prediction prediction, double nanos) {
        return (long) (prediction.statistics().transferredBytes() / (4096.0 + 8) * nanos);
    }

    private static MeasuredRehearsal on(RehearsingMachine machine) {
        return by("pre-copy", machine);
    }

    private static MeasuredRehearsal by(String technique, RehearsingMachine machine) {
        return measured(technique, 0, 0, 0, 0, 1_250_000_000, 0, Optional.of(machine));
    }

    private static MeasuredRehearsal measured(long setupNanos, long logNanos, long logReadings) {
        return measured("pre-copy", setupNanos, logNanos, logReadings, 0, 125_000_000, 0, Optional.empty());
    }

    private static MeasuredRehearsal measured(
            String technique,
            long setupNanos,
            long logNanos,
            long logReadings,
            long surveyNanos,
            long bytesPerSecond,
            long compilingNanos,
            Optional<RehearsingMachine> machine) {
        return new MeasuredRehearsal(
                technique,
                false,
                Compression.NONE,
                1 << 20,
                bytesPerSecond,
                0,
                300 * MS,
                10,
                "completed",
                5_000 * MS,
                100 * MS,
                50_000_000,
                60_000_000,
                3,
                setupNanos,
                logNanos,
                logReadings,
                surveyNanos,
                compilingNanos,
                machine);
    }
}
