package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.cli.rehearse.RecordingBefore;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.compare.MeasuredRehearsal;
import dev.godwit.hypervisor.migration.compare.Prediction;
import dev.godwit.hypervisor.report.PredictionReport;
import dev.godwit.linux.ForeignJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The model held against reality: a program that is recorded, then rehearsed over a link so slow that it decides what
 * happens, and not the processors. A busy machine makes the rehearsal longer, and so never proves the model wrong.
 */
@Timeout(180)
class PredictionTest {
    private static final long BYTES_PER_SECOND = 60_000_000;

    @TempDir
    private Path directory;

    /** Each has its own files: a trace is taken into a new directory. */
    private int attempts;

    @Test
    void aReplayTellsWhatIsSentByARehearsalAndHowLongTheLinkTakesForIt() throws Exception {
        ForkedCli.needAgent();
        List<String> options =
                List.of("-XX:+UseSerialGC", "-Xmx32m", "-XX:MaxDirectMemorySize=64m", "-XX:TieredStopAtLevel=1");
        try (ForeignJvm jvm = Rehearsing.start(options, SteadyProgram.class)) {
            Cli.Result unused = Rehearsing.succeed(() -> rehearse(jvm.pid()));

            byte[] said = Files.readAllBytes(json());
            Prediction told = RecordingBefore.predict(trace(), PredictionReport.measured(said));
            assertThat(told.status()).isEqualTo(MigrationStatus.COMPLETED.label());
            // From here on the link alone: what processors this machine has is not known.
            MeasuredRehearsal measured = PredictionReport.measured(withoutMachine(said));
            Prediction prediction = RecordingBefore.predict(trace(), measured);

            String both = PredictionReport.text(prediction);
            assertThat(prediction.status()).as(both).isEqualTo(MigrationStatus.COMPLETED.label());
            assertThat(prediction.transferredRatio()).as(both).isBetween(0.85, 1.15);
            // What is sent takes so long at least, here and there; what else a rehearsal does grows with the load of
            // the machine.
            double leastNanos = measured.transferredBytes() * 1e9 / BYTES_PER_SECOND;
            MigrationStatistics modelled = prediction.statistics();
            long linkNanos = modelled.totalNanos() - modelled.setupNanos() - modelled.dirtyLogNanos();
            assertThat(linkNanos / leastNanos).as(both).isBetween(0.85, 1.2);
            assertThat(measured.totalNanos() / leastNanos).as(both).isGreaterThan(0.95);
        }
    }

    private static byte[] withoutMachine(byte[] json) {
        JsonMapper mapper = JsonMapper.builder().build();
        ObjectNode rehearsal = (ObjectNode) mapper.readTree(json);
        ((ObjectNode) rehearsal.path("godwit")).remove("machine");
        return mapper.writeValueAsBytes(rehearsal);
    }

    private Path json() {
        return directory.resolve("rehearsal-" + attempts + ".json");
    }

    private Path trace() {
        return directory.resolve("trace-" + attempts);
    }

    private Cli.Result rehearse(long pid) {
        attempts++;
        return Cli.run(
                "rehearse",
                Long.toString(pid),
                "--local",
                "--hints",
                "off",
                "--bandwidth",
                BYTES_PER_SECOND / 1_000_000 + "MB/s",
                // However slow a busy machine makes the link, there is one round and the pause.
                "--downtime-limit",
                "60s",
                "--watch",
                "0",
                "--record",
                trace().toString(),
                "--record-for",
                "2s",
                "--json",
                json().toString());
    }
}
