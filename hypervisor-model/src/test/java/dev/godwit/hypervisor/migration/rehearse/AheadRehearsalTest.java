package dev.godwit.hypervisor.migration.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.VmFate;
import dev.godwit.hypervisor.migration.WayHomeStatistics;
import dev.godwit.hypervisor.page.Compression;
import dev.godwit.hypervisor.transport.TcpOptions;
import dev.godwit.linux.JdkHomes;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(180)
class AheadRehearsalTest {
    private static final Path HOME = Path.of(System.getProperty("java.home"));
    private static final long MIDDLING = 200_000_000;
    private static final long SLOW = 40_000_000;
    private static final long FAST = 1_250_000_000;

    @ParameterizedTest
    @CsvSource({
        "own,Parallel,POST_COPY,true,LZ4",
        "own,Serial,HYBRID,false,DELTA",
        "own,G1,HYBRID,true,AUTO",
        "other,G1,POST_COPY,true,NONE"
    })
    void allMemoryGoesAwayAndComesBackWhileTheProgramRunsOn(
            String release, String collector, RehearsedTechnique technique, boolean hints, Compression compression)
            throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        try (CheckedJvm jvm = CheckedJvm.startWithRoom(home(release), "-XX:+Use" + collector + "GC");
                HostThread host = HostThread.start(log)) {
            RehearsalResult result = rehearseToTheEnd(jvm, host.address(), technique, hints, FAST, compression);

            assertThat(result.migration().status())
                    .as("%s; the host said %s", result.migration().reason(), log)
                    .isEqualTo(MigrationStatus.COMPLETED);
            assertThat(result.migration().verification().passed())
                    .as(result.migration().verification().text())
                    .isTrue();
            AheadResult ahead = result.ahead().orElseThrow();
            assertThat(ahead.vmLost()).isFalse();
            assertThat(ahead.returnedPages()).isEqualTo(ahead.takenPages() + ahead.keptPages());
            assertThat(ahead.keptPages()).as("pages of files, which stay").isPositive();
            assertThat(ahead.requests()).isPositive();
            assertThat(result.overwrittenPages() > 0).isEqualTo(hints);
            assertThat(result.migration().statistics().encoding().isPresent())
                    .isEqualTo(compression != Compression.NONE);
            assertThat(result.compressionRatio()).isGreaterThanOrEqualTo(compression == Compression.LZ4 ? 1.2 : 1);
            jvm.assertRunsOn();
        }
        assertThat(log.toString()).contains("arrived").contains(" 0 differ");
    }

    /** That of the JDK which runs this test, or of the other one that Godwit supports. */
    private static Path home(String release) {
        if (release.equals("own")) {
            return HOME;
        }
        int other = Runtime.version().feature() >= 25 ? 17 : 25;
        Optional<Path> home = JdkHomes.find(other);
        Assumptions.assumeTrue(home.isPresent(), "JDK " + other + " is not installed");
        return home.get();
    }

    @Test
    void aProgramThatWasRehearsedBeforeIsRehearsedAgain() throws Exception {
        try (CheckedJvm jvm = CheckedJvm.start(HOME);
                HostThread host = HostThread.start(new CopyOnWriteArrayList<>())) {
            for (RehearsedTechnique technique :
                    List.of(RehearsedTechnique.HYBRID, RehearsedTechnique.POST_COPY, RehearsedTechnique.HYBRID)) {
                assertVerified(rehearseToTheEnd(jvm, host.address(), technique, false, FAST, Compression.NONE));
            }
            jvm.assertRunsOn();
        }
    }

    @Test
    void whatBreaksWhileMemoryFollowsLosesAVmButNotTheProgram() throws Exception {
        try (CheckedJvm jvm = CheckedJvm.start(HOME);
                HostThread host = HostThread.start(new CopyOnWriteArrayList<>())) {
            try (CuttingProxy proxy = CuttingProxy.to(host.address())) {
                assertLost(rehearse(jvm, proxy.address(), RehearsedTechnique.POST_COPY, false, SLOW, proxy::cut), jvm);
            }
            try (CuttingProxy proxy = CuttingProxy.to(host.address())) {
                RehearsalResult result =
                        rehearse(jvm, proxy.address(), RehearsedTechnique.HYBRID, false, SLOW, proxy::fallSilent);
                assertLost(result, jvm);
                assertThat(result.migration().reason()).contains("said nothing for 800 ms");
            }
        }
    }

    @Test
    void aCancellablePostCopyArrivesComesHomeOrFallsBackAndTheProgramRunsOn() throws Exception {
        RehearsedTechnique technique = RehearsedTechnique.CANCELLABLE_POST_COPY;
        List<String> log = new CopyOnWriteArrayList<>();
        try (CheckedJvm jvm = CheckedJvm.start(HOME);
                HostThread host = HostThread.start(log)) {
            RehearsalResult arrived =
                    rehearseToTheEnd(jvm, host.address(), technique, false, MIDDLING, Compression.NONE);
            assertThat(arrived.migration().status())
                    .as("%s; the host said %s", arrived.migration().reason(), log)
                    .isEqualTo(MigrationStatus.COMPLETED);
            assertVerified(arrived);
            assertThat(arrived.migration().statistics().wayHome().orElseThrow().points())
                    .isPositive();
            jvm.assertRunsOn();

            CancelToken cancel = new CancelToken();
            RehearsalResult home = rehearse(jvm, host.address(), technique, false, SLOW, cancel::cancel, cancel);
            assertThat(home.migration().reason()).startsWith("cancelled by the operator; the guest came back");
            assertVerified(home);
            assertThat(home.migration().statistics().fate()).isInstanceOf(VmFate.RunsAtSource.class);
            WayHomeStatistics way = home.migration().statistics().wayHome().orElseThrow();
            assertThat(way.sentPages()).isPositive();
            assertThat(way.journey().orElseThrow().downtimeNanos()).isPositive();
            jvm.assertRunsOn();

            try (CuttingProxy proxy = CuttingProxy.to(host.address())) {
                RehearsalResult back = rehearse(jvm, proxy.address(), technique, false, SLOW, proxy::cut);
                assertThat(back.migration().status()).isEqualTo(MigrationStatus.FAILED);
                assertThat(back.migration().statistics().fate()).isInstanceOf(VmFate.RolledBack.class);
                assertThat(back.ahead().orElseThrow().vmLost()).isFalse();
                jvm.assertRunsOn();
            }
        }
    }

    private static void assertVerified(RehearsalResult result) {
        assertThat(result.migration().verification().passed())
                .as(result.migration().verification().text())
                .isTrue();
    }

    private static void assertLost(RehearsalResult result, CheckedJvm jvm) throws Exception {
        assertThat(result.migration().status()).isEqualTo(MigrationStatus.FAILED);
        assertThat(result.migration().reason()).startsWith("the VM is lost: ");
        assertThat(result.ahead().orElseThrow().vmLost()).isTrue();
        assertThat(result.ahead().orElseThrow().fromCopyPages()).isPositive();
        jvm.assertRunsOn();
    }

    /** Again, if the machine is so busy that the destination was not given a processor in time. */
    private static RehearsalResult rehearseToTheEnd(
            CheckedJvm jvm,
            InetSocketAddress host,
            RehearsedTechnique technique,
            boolean hints,
            long bandwidth,
            Compression compression)
            throws Exception {
        RehearsalOptions options =
                options(jvm, host, technique, hints, bandwidth).withCompression(compression, 64 << 20);
        return PatientRehearsal.run(
                () -> Rehearsal.run(options, Optional.empty(), ProgressListener.NONE, new CancelToken()));
    }

    private static RehearsalOptions options(
            CheckedJvm jvm, InetSocketAddress host, RehearsedTechnique technique, boolean hints, long bandwidth) {
        TcpOptions link = TcpOptions.defaults().withBandwidthBytesPerSecond(bandwidth);
        return new RehearsalOptions(jvm.pid(), "test", host, link, hints, 10_000_000_000L, 4, false)
                .withTechnique(technique);
    }

    private static RehearsalResult rehearse(
            CheckedJvm jvm,
            InetSocketAddress host,
            RehearsedTechnique technique,
            boolean hints,
            long bandwidth,
            Runnable whenAhead) {
        return rehearse(jvm, host, technique, hints, bandwidth, whenAhead, new CancelToken());
    }

    /** @param whenAhead is done when the program has run on and some of its memory has followed */
    private static RehearsalResult rehearse(
            CheckedJvm jvm,
            InetSocketAddress host,
            RehearsedTechnique technique,
            boolean hints,
            long bandwidth,
            Runnable whenAhead,
            CancelToken cancel) {
        int roundAhead = technique == RehearsedTechnique.HYBRID ? 2 : 1;
        ProgressListener progress = new ProgressListener() {
            @Override
            public void progressed(int round, long donePages, long totalPages) {
                if (round == roundAhead) {
                    whenAhead.run();
                }
            }
        };
        return Rehearsal.run(options(jvm, host, technique, hints, bandwidth), Optional.empty(), progress, cancel);
    }
}
