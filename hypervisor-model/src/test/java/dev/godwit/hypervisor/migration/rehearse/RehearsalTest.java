package dev.godwit.hypervisor.migration.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.RoundStatistics;
import dev.godwit.hypervisor.page.Compression;
import dev.godwit.hypervisor.transport.TcpOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class RehearsalTest {
    private static final Path HOME = Path.of(System.getProperty("java.home"));
    private static final long SLOW = 40_000_000;
    private static final long LONG_PAUSE_NANOS = 60_000_000_000L;

    @ParameterizedTest
    @ValueSource(strings = {"-XX:+UseG1GC", "-XX:+UseParallelGC", "-XX:+UseSerialGC"})
    void everyPageArrivesAsItIsAtThePauseAndTheProgramRunsOn(String collector) throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        try (CheckedJvm jvm = CheckedJvm.start(HOME, collector);
                HostThread host = HostThread.start(log)) {
            // A limit that no round meets: at least two are made, in the second of which pages come again.
            RehearsalResult result = PatientRehearsal.run(
                    () -> rehearse(jvm, host.address(), 0, 10_000_000_000L, new CancelToken(), null));

            assertThat(result.migration().status()).isEqualTo(MigrationStatus.COMPLETED);
            assertThat(result.migration().verification().text()).contains(" 0 differ, 0 are missing");
            assertThat(result.migration().verification().passed()).isTrue();
            assertThat(result.comparedPages() * 4096).isGreaterThan(32L << 20);
            assertThat(result.stoodNanos())
                    .isGreaterThanOrEqualTo(result.migration().statistics().downtimeNanos());
            jvm.assertRunsOn();
        }
        assertThat(log).last().asString().contains("arrived").contains(" 0 differ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:+UseG1GC", "-XX:+UseParallelGC", "-XX:+UseSerialGC"})
    void whatIsProvenEmptyIsLeftOutAndTheProgramRunsOnWithoutIt(String collector) throws Exception {
        try (CheckedJvm jvm = CheckedJvm.startWithRoom(HOME, collector);
                HostThread host = HostThread.start(new CopyOnWriteArrayList<>())) {
            TcpOptions link = TcpOptions.defaults().withBandwidthBytesPerSecond(1_250_000_000);
            RehearsalOptions options =
                    new RehearsalOptions(jvm.pid(), "test", host.address(), link, true, 10_000_000_000L, 4, true);
            RehearsalResult result = PatientRehearsal.run(
                    () -> Rehearsal.run(options, Optional.empty(), ProgressListener.NONE, new CancelToken()));

            assertThat(result.migration().status()).isEqualTo(MigrationStatus.COMPLETED);
            assertThat(result.migration().verification().passed())
                    .as(result.migration().verification().text())
                    .isTrue();
            assertThat(result.migration().statistics().deferredPages()).isPositive();
            assertThat(result.overwrittenPages())
                    .isPositive()
                    .isEqualTo(result.migration().statistics().droppedPages());
            jvm.assertRunsOn();
        }
    }

    @Test
    void pagesThatWereMadeSmallerArriveAsTheyAre() throws Exception {
        try (CheckedJvm jvm = CheckedJvm.start(HOME);
                HostThread host = HostThread.start(new CopyOnWriteArrayList<>())) {
            TcpOptions link = TcpOptions.defaults().withBandwidthBytesPerSecond(1_250_000_000);
            for (Compression compression : Compression.values()) {
                RehearsalOptions options = new RehearsalOptions(
                                jvm.pid(), "test", host.address(), link, true, 10_000_000_000L, 4, true)
                        .withCompression(compression, 32 << 20);
                RehearsalResult result = PatientRehearsal.run(
                        () -> Rehearsal.run(options, Optional.empty(), ProgressListener.NONE, new CancelToken()));

                assertThat(result.migration().verification().passed())
                        .as(compression + ": " + result.migration().reason() + "; "
                                + result.migration().verification().text())
                        .isTrue();
                boolean always = compression == Compression.LZ4 || compression == Compression.ZSTD;
                assertThat(result.compressionRatio()).isGreaterThanOrEqualTo(always ? 1.2 : 1);
                jvm.assertRunsOn();
            }
        }
    }

    @Test
    void aMigrationThatDoesNotConvergeIsGivenUpAndLeavesTheProgramAlone() throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        try (CheckedJvm jvm = CheckedJvm.start(HOME);
                HostThread host = HostThread.start(log)) {
            RehearsalResult result = rehearse(jvm, host.address(), 0, 1000, new CancelToken(), null);

            assertThat(result.migration().status()).isEqualTo(MigrationStatus.CANCELLED);
            assertThat(result.migration().reason()).startsWith("did not converge");
            assertThat(result.stoodNanos()).isZero();
            jvm.assertRunsOn();
            host.awaitLog("was cancelled by its source: did not converge");
        }
    }

    @Test
    void aCancelledMigrationLeavesTheProgramAlone() throws Exception {
        CancelToken cancel = new CancelToken();
        try (CheckedJvm jvm = CheckedJvm.start(HOME);
                HostThread host = HostThread.start(new CopyOnWriteArrayList<>())) {
            RehearsalResult result = rehearse(jvm, host.address(), SLOW, 1000, cancel, cancel::cancel);

            assertThat(result.migration().status()).isEqualTo(MigrationStatus.CANCELLED);
            assertThat(result.migration().reason()).isEqualTo("cancelled by the operator");
            jvm.assertRunsOn();
        }
    }

    @Test
    void aConnectionThatBreaksInARoundLeavesTheProgramAlone() throws Exception {
        try (CheckedJvm jvm = CheckedJvm.start(HOME);
                HostThread host = HostThread.start(new CopyOnWriteArrayList<>());
                CuttingProxy proxy = CuttingProxy.to(host.address())) {
            RehearsalResult result = rehearse(jvm, proxy.address(), SLOW, 1000, new CancelToken(), proxy::cut);

            assertThat(result.migration().status()).isEqualTo(MigrationStatus.FAILED);
            jvm.assertRunsOn();
        }
    }

    @Test
    void aConnectionThatBreaksInThePauseLetsTheProgramRunOn() throws Exception {
        try (CheckedJvm jvm = CheckedJvm.start(HOME);
                HostThread host = HostThread.start(new CopyOnWriteArrayList<>())) {
            RehearsalResult result = rehearseThrough(jvm, host, CuttingProxy::cut);

            assertThat(result.migration().status()).isEqualTo(MigrationStatus.FAILED);
            jvm.assertRunsOn();
        }
    }

    @Test
    void aDestinationThatFallsSilentInThePauseDoesNotHoldTheProgram() throws Exception {
        try (CheckedJvm jvm = CheckedJvm.start(HOME);
                HostThread host = HostThread.start(new CopyOnWriteArrayList<>())) {
            RehearsalResult result = rehearseThrough(jvm, host, CuttingProxy::fallSilent);

            assertThat(result.migration().status()).isEqualTo(MigrationStatus.FAILED);
            assertThat(result.migration().reason()).contains("said nothing for 800 ms while the program stood still");
            jvm.assertRunsOn();
        }
    }

    @Test
    void aDestinationThatIsNotThereIsSaidInOneLine() throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort());
        }
        try (CheckedJvm jvm = CheckedJvm.start(HOME)) {
            RehearsalResult result = rehearse(jvm, nobody, 0, 1000, new CancelToken(), null);

            assertThat(result.migration().status()).isEqualTo(MigrationStatus.FAILED);
            assertThat(result.migration().reason())
                    .contains("cannot connect to")
                    .doesNotContain("\n");
            jvm.assertRunsOn();
        }
    }

    /** @param inFirstRound is done when the first round has begun; null for nothing */
    private static RehearsalResult rehearse(
            CheckedJvm jvm,
            InetSocketAddress host,
            long bandwidth,
            long downtimeLimitNanos,
            CancelToken cancel,
            Runnable inFirstRound) {
        ProgressListener progress = new ProgressListener() {
            private boolean begun;

            @Override
            public void progressed(int round, long donePages, long totalPages) {
                if (!begun && inFirstRound != null) {
                    begun = true;
                    inFirstRound.run();
                }
            }

            @Override
            public void roundEnded(RoundStatistics round) {
                // Nothing to do.
            }
        };
        TcpOptions link = TcpOptions.defaults().withBandwidthBytesPerSecond(bandwidth == 0 ? 1_250_000_000 : bandwidth);
        RehearsalOptions options =
                new RehearsalOptions(jvm.pid(), "test", host, link, false, downtimeLimitNanos, 4, false);
        return Rehearsal.run(options, Optional.empty(), progress, cancel);
    }

    /**
     * Does something as soon as the program stands. Who waits for a processor until the pause is over has done nothing, and tries
     * again.
     */
    private static RehearsalResult rehearseThrough(CheckedJvm jvm, HostThread host, Consumer<CuttingProxy> inThePause)
            throws Exception {
        RehearsalResult result = null;
        boolean met = false;
        for (int i = 0; i < 5 && !met; i++) {
            try (CuttingProxy proxy = CuttingProxy.to(host.address())) {
                AtomicBoolean over = new AtomicBoolean();
                AtomicBoolean done = new AtomicBoolean();
                Thread thread = new Thread(() -> {
                    awaitPause(jvm, over);
                    if (!over.get()) {
                        done.set(true);
                        inThePause.accept(proxy);
                    }
                });
                thread.start();
                result = rehearse(jvm, proxy.address(), SLOW, LONG_PAUSE_NANOS, new CancelToken(), null);
                over.set(true);
                thread.join();
                met = done.get() && result.migration().status() == MigrationStatus.FAILED;
            }
        }
        return result;
    }

    private static void awaitPause(CheckedJvm jvm, AtomicBoolean over) {
        try {
            while (!over.get() && !jvm.isInPause()) {
                Thread.sleep(5);
            }
        } catch (IOException | InterruptedException ended) {
            throw new IllegalStateException(ended);
        }
    }
}
