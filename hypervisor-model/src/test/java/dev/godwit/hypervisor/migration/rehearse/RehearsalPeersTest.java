package dev.godwit.hypervisor.migration.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.guest.live.RunningProcess;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.transport.TcpOptions;
import dev.godwit.hypervisor.transport.TestCertificates;
import dev.godwit.hypervisor.transport.TlsFiles;
import dev.godwit.linux.ProcessMaps;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a rehearsal makes of links and peers that are not as one would wish; one program lives through all of it. */
@Timeout(120)
class RehearsalPeersTest {
    private static final Path HOME = Path.of(System.getProperty("java.home"));
    private static final long LATENCY_NANOS = 20_000_000;

    private static CheckedJvm jvm;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startProgram() throws IOException, InterruptedException {
        jvm = CheckedJvm.start(HOME);
    }

    @AfterAll
    static void endProgram() throws IOException {
        if (jvm != null) {
            jvm.close();
        }
    }

    @Test
    void theLatencyOfTheLinkIsPartOfTheDowntime() throws Exception {
        try (HostThread host = HostThread.start(new CopyOnWriteArrayList<>())) {
            RehearsalResult result = completed(host.address(), fast().withLatencyNanos(LATENCY_NANOS));

            assertThat(result.migration().verification().passed())
                    .as(result.migration().verification().text())
                    .isTrue();
            assertThat(result.migration().statistics().downtimeNanos()).isGreaterThan(LATENCY_NANOS);
            jvm.assertRunsOn();
        }
    }

    @Test
    void aRehearsalOverTlsIsVerifiedAndAPeerWithoutCertificateIsRefusedInOneLine() throws Exception {
        TlsFiles tls = TestCertificates.ofOneAnother(directory);
        List<String> log = new CopyOnWriteArrayList<>();
        try (HostThread host = HostThread.start(TcpOptions.defaults().withTls(tls), 1L << 30, log)) {
            RehearsalResult plain = rehearse(host.address(), fast());
            assertFailedInOneLine(plain);

            RehearsalResult result = completed(host.address(), fast().withTls(tls));
            assertThat(result.migration().verification().passed())
                    .as(result.migration().verification().text())
                    .isTrue();
            jvm.assertRunsOn();
        }
    }

    @Test
    void aDestinationThatNeverAnswersIsGivenUpAndTheProgramRunsOn() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertFailedInOneLine(rehearse(addressOf(silent), fast().withGreetingNanos(200_000_000)));
            jvm.assertRunsOn();
        }
    }

    @Test
    void aDestinationThatSendsRubbishIsGivenUpAndTheProgramRunsOn() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread rubbish = new Thread(() -> {
                try (Socket peer = server.accept()) {
                    peer.getOutputStream().write(new byte[4096]);
                    while (peer.getInputStream().read() >= 0) {
                        // Until it has had enough.
                    }
                } catch (IOException gone) {
                    // It had enough.
                }
            });
            rubbish.start();
            assertFailedInOneLine(rehearse(addressOf(server), fast()));
            rubbish.join();
            jvm.assertRunsOn();
        }
    }

    @Test
    void aDropThatWasWrongBreaksTheProgramAtOnce() throws Exception {
        // It may well crash, and leaves no report of that in the source tree.
        try (CheckedJvm victim =
                CheckedJvm.start(HOME, "-XX:+UseSerialGC", "-XX:+ErrorFileToStdout", "-XX:ReplayDataFile=/dev/null")) {
            try (RunningProcess process = RunningProcess.open(victim.pid())) {
                process.pause();
                ProcessPages pages = ProcessSurvey.pagesOf(process, List.of());
                // Of the largest mapping, which is the heap, one page in 64: each array that is checked has some of
                // them.
                ProcessMaps.Entry heap = process.mappings().stream()
                        .filter(each -> each.permissions().startsWith("rw"))
                        .max((a, b) -> Long.compare(a.end() - a.start(), b.end() - b.start()))
                        .orElseThrow();
                PageBitmap wrong = new PageBitmap(pages.capacity());
                process.scanPresent(heap, (start, end) -> {
                    for (long page = start >>> 12; page < end >>> 12; page++) {
                        if (page % 64 == 32) {
                            wrong.set(pages.require(page));
                        }
                    }
                });
                assertThat(DroppedPages.overwrite(process, pages, wrong, true)).isPositive();
            }
            victim.assertBreaks();
        }
    }

    private static InetSocketAddress addressOf(ServerSocket server) {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    private static TcpOptions fast() {
        return TcpOptions.defaults().withBandwidthBytesPerSecond(1_250_000_000);
    }

    private static RehearsalResult rehearse(InetSocketAddress host, TcpOptions link) {
        RehearsalOptions options =
                new RehearsalOptions(jvm.pid(), "test", host, link, false, 10_000_000_000L, 4, false);
        return Rehearsal.run(options, Optional.empty(), ProgressListener.NONE, new CancelToken());
    }

    private static RehearsalResult completed(InetSocketAddress host, TcpOptions link) throws IOException {
        RehearsalResult result = PatientRehearsal.run(() -> rehearse(host, link));
        assertThat(result.migration().status()).as(result.migration().reason()).isEqualTo(MigrationStatus.COMPLETED);
        return result;
    }

    private static void assertFailedInOneLine(RehearsalResult result) {
        assertThat(result.migration().status()).isEqualTo(MigrationStatus.FAILED);
        assertThat(result.migration().reason()).isNotBlank().doesNotContain("\n");
        assertThat(result.stoodNanos()).isZero();
    }
}
