package dev.godwit.hypervisor.migration.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.guest.SyntheticTrace;
import dev.godwit.hypervisor.machine.TimeSpent;
import dev.godwit.hypervisor.migration.CpuStatistics;
import dev.godwit.hypervisor.migration.CpuStatistics.VmWork;
import dev.godwit.hypervisor.migration.MigrationResult;
import org.junit.jupiter.api.Test;

class SharedHostsTest {
    private static final long GIGABIT = 125_000_000;
    private static final ComparisonOptions OPTIONS =
            ComparisonOptions.defaults().withMemoryBytes(256L << 20);

    private final RecordedRun run = new SyntheticTrace(1).record();

    @Test
    void neitherGuestNorMigrationIsHeldUpOnHostsOfTheirOwn() {
        for (MigrationResult result : compare(new HostOptions(2, 0), GIGABIT).results()) {
            CpuStatistics cpu = result.statistics().cpu().orElseThrow();
            assertThat(cpu.guest().spent().stolenByHypervisorNanos()).isZero();
            assertThat(cpu.guest().spent().stolenByVmsNanos()).isZero();
            assertThat(cpu.sourceNanos())
                    .isPositive()
                    .isLessThan(result.statistics().totalNanos());
            assertThat(cpu.destinationNanos())
                    .isPositive()
                    .isLessThan(result.statistics().totalNanos());
            assertThat(cpu.neighbours()).isEmpty();
        }
    }

    @Test
    void neighboursWithPcpusOfTheirOwnChangeNothing() {
        Comparison alone = compare(new HostOptions(2, 0), GIGABIT);
        Comparison beside = compare(new HostOptions(5, 3), GIGABIT);

        for (int i = 0; i < alone.results().size(); i++) {
            MigrationResult one = alone.results().get(i);
            MigrationResult other = beside.results().get(i);
            assertThat(other.statistics().totalNanos())
                    .isEqualTo(one.statistics().totalNanos());
            assertThat(other.statistics().transferredBytes())
                    .isEqualTo(one.statistics().transferredBytes());
            assertThat(other.statistics().cpu().orElseThrow().neighbours())
                    .hasSize(6)
                    .allSatisfy(neighbour -> assertThat(neighbour.lostNanos()).isZero());
        }
    }

    @Test
    void onOnePcpuWhatTheMigrationTakesTheGuestLoses() {
        MigrationResult result = preCopy(new HostOptions(1, 0), GIGABIT);
        CpuStatistics cpu = result.statistics().cpu().orElseThrow();
        MigrationResult free = preCopy(new HostOptions(2, 0), GIGABIT);

        // In the pause nobody loses anything to it.
        assertThat((double) cpu.guest().spent().stolenByHypervisorNanos())
                .isCloseTo((double) cpu.sourceNanos(), within(0.2 * cpu.sourceNanos()));
        assertThat(cpu.guest().lostNanos())
                .isGreaterThan(free.statistics().cpu().orElseThrow().guest().lostNanos());
    }

    @Test
    void aFastLinkWaitsForASharedPcpu() {
        MigrationResult free = preCopy(new HostOptions(2, 0), 20 * GIGABIT);
        MigrationResult shared = preCopy(new HostOptions(1, 2), 20 * GIGABIT);

        assertThat(shared.statistics().totalNanos())
                .isGreaterThan(2 * free.statistics().totalNanos());
        for (VmWork neighbour : shared.statistics().cpu().orElseThrow().neighbours()) {
            assertThat(neighbour.spent().stolenByHypervisorNanos()).isPositive();
        }
    }

    @Test
    void whateverTheHostsEveryTechniqueIsVerifiedAndLostWorkIsAccountedFor() {
        for (int pcpus = 1; pcpus <= 3; pcpus++) {
            Comparison comparison = Comparison.run(
                    run,
                    OPTIONS.withBandwidthBytesPerSecond(4 * GIGABIT)
                            .withVirtualization(Virtualization.DEFAULT.withHosts(new HostOptions(pcpus, 2))),
                    Technique.ALL);
            for (MigrationResult result : comparison.results()) {
                assertThat(result.verification().passed())
                        .as("%s: %s", result.technique(), result.verification().text())
                        .isTrue();
                CpuStatistics cpu = result.statistics().cpu().orElseThrow();
                addsUp(result.technique(), cpu.guest());
                cpu.neighbours().forEach(neighbour -> addsUp(result.technique(), neighbour));
            }
        }
    }

    private static void addsUp(String technique, VmWork work) {
        TimeSpent spent = work.spent();
        long overhead = spent.overheadNanos().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        assertThat(work.pausedNanos()
                        + spent.pageFaultNanos()
                        + spent.throttledNanos()
                        + spent.stolenByHypervisorNanos()
                        + spent.stolenByVmsNanos()
                        + spent.cappedNanos()
                        + overhead)
                .as("%s: %s", technique, work)
                .isEqualTo(work.lostNanos());
    }

    @Test
    void hostsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new HostOptions(0, 0)).hasMessageContaining("hosts of 0 PCPUs");
        assertThatThrownBy(() -> new HostOptions(1, -1)).hasMessageContaining("-1 neighbours");
    }

    private MigrationResult preCopy(HostOptions hosts, long bandwidth) {
        return compare(hosts, bandwidth).results().get(0);
    }

    private Comparison compare(HostOptions hosts, long bandwidth) {
        Comparison comparison = Comparison.run(
                run,
                OPTIONS.withBandwidthBytesPerSecond(bandwidth)
                        .withVirtualization(Virtualization.DEFAULT.withHosts(hosts)),
                Technique.PRE_COPY_WITHOUT_AND_WITH_HINTS);
        assertThat(comparison.verified()).isTrue();
        return comparison;
    }
}
