package dev.godwit.hypervisor.migration.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.live.InsideAgent;
import dev.godwit.hypervisor.hint.PausePolicy;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.Moments;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.report.RehearsalReport;
import dev.godwit.hypervisor.transport.TcpOptions;
import dev.godwit.trace.JvmSignals;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class SafeRehearsalTest {
    private static final Path HOME = Path.of(System.getProperty("java.home"));
    private static final long MS = 1_000_000;
    private static final long LONG_NANOS = 60_000 * MS;

    @Test
    void aRunningProgramIsPausedOutsideItsCriticalSectionsOrWhenPatienceIsOver() throws Exception {
        try (CheckedJvm jvm = CheckedJvm.start(HOME)) {
            Moments waited = rehearse(jvm, new ScriptedAgent(20, 60), PausePolicy.safe(LONG_NANOS));
            assertThat(waited.start().orElseThrow().waitedNanos()).isGreaterThan(15 * MS);
            assertThat(waited.start().orElseThrow().waitedFor()).contains("busy");
            assertThat(waited.pause().orElseThrow().forced()).isFalse();
            assertThat(waited.pause().orElseThrow().waitedFor()).contains("inside \"batch\"");
            assertThat(waited.hit().orElseThrow().sections()).isZero();

            Moments forced = rehearse(jvm, new ScriptedAgent(0, Integer.MAX_VALUE), PausePolicy.safe(300 * MS));
            assertThat(forced.pause().orElseThrow().forced()).isTrue();
            assertThat(forced.pause().orElseThrow().waitedNanos()).isGreaterThanOrEqualTo(300 * MS);
            assertThat(forced.hit().orElseThrow().names()).containsExactly("batch");

            Moments atOnce = rehearse(jvm, new ScriptedAgent(0, Integer.MAX_VALUE), PausePolicy.AT_ONCE);
            assertThat(atOnce.start()).isEmpty();
            assertThat(atOnce.pause()).isEmpty();
            assertThat(atOnce.hit().orElseThrow().sections()).isEqualTo(1);
            Moments ahead =
                    rehearse(jvm, new ScriptedAgent(20, 60), PausePolicy.safe(LONG_NANOS), RehearsedTechnique.HYBRID);
            assertThat(ahead.start().orElseThrow().waitedFor()).contains("busy");
            assertThat(ahead.pause().orElseThrow().waitedFor()).contains("inside \"batch\"");
            assertThat(ahead.hit().orElseThrow().sections()).isZero();
            jvm.assertRunsOn();
        }
    }

    private static Moments rehearse(CheckedJvm jvm, InsideAgent agent, PausePolicy pause) throws Exception {
        return rehearse(jvm, agent, pause, RehearsedTechnique.PRE_COPY);
    }

    private static Moments rehearse(CheckedJvm jvm, InsideAgent agent, PausePolicy pause, RehearsedTechnique technique)
            throws Exception {
        try (HostThread host = HostThread.start(new CopyOnWriteArrayList<>())) {
            TcpOptions link = TcpOptions.defaults().withBandwidthBytesPerSecond(1_250_000_000);
            RehearsalOptions options = new RehearsalOptions(
                            jvm.pid(), "test", host.address(), link, true, 10_000_000_000L, 4, false)
                    .withTechnique(technique)
                    .withPause(pause);
            RehearsalResult result =
                    Rehearsal.run(options, Optional.of(agent), ProgressListener.NONE, new CancelToken());
            assertThat(result.migration().status())
                    .as(result.migration().reason())
                    .isEqualTo(MigrationStatus.COMPLETED);
            assertThat(result.migration().verification().passed())
                    .as(result.migration().verification().text())
                    .isTrue();
            assertThat(RehearsalReport.json(result, Optional.empty(), Optional.empty()))
                    .contains("\"pause-hit\"");
            return result.migration().statistics().moments();
        }
    }

    /** Tells of an application that is busy until it was asked so often, and in a critical section until it was asked more often. */
    private static final class ScriptedAgent implements InsideAgent {
        private final int busyAsks;
        private final int criticalAsks;
        private int asks;

        ScriptedAgent(int busyAsks, int criticalAsks) {
            this.busyAsks = busyAsks;
            this.criticalAsks = criticalAsks;
        }

        @Override
        public JvmSignals signals() {
            asks++;
            boolean critical = asks <= criticalAsks;
            return new JvmSignals(
                    asks * MS,
                    critical ? 1 : 0,
                    critical ? asks * MS : 0,
                    critical ? List.of("batch") : List.of(),
                    0,
                    asks <= busyAsks ? MS : 0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    false,
                    0,
                    0);
        }

        @Override
        public long collectYoung() {
            return 1 * MS;
        }

        @Override
        public void done() {
            // Nothing was held here.
        }

        @Override
        public void aborted(String reason) {
            // Nothing was held here.
        }

        @Override
        public void beginStalls() {
            // None are recorded.
        }

        @Override
        public long steps() {
            return asks;
        }

        @Override
        public Stalls endStalls() {
            return new Stalls(1, 0, 0, 0, 0, 0, "");
        }
    }
}
