package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.cli.rehearse.RecordingBefore;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.compare.MeasuredRehearsal;
import dev.godwit.hypervisor.migration.compare.Prediction;
import dev.godwit.hypervisor.migration.rehearse.PatientRehearsal;
import dev.godwit.hypervisor.report.PredictionReport;
import dev.godwit.linux.Capabilities;
import dev.godwit.linux.ForeignJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
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

    @Test
    void aReplayTellsWhatIsSentByARehearsalAndHowLongTheLinkTakesForIt() throws Exception {
        ForkedCli.needAgent();
        Path home = Path.of(System.getProperty("java.home"));
        List<String> options =
                List.of("-XX:+UseSerialGC", "-Xmx32m", "-XX:MaxDirectMemorySize=64m", "-XX:TieredStopAtLevel=1");
        try (ForeignJvm jvm = ForeignJvm.start(home, options, SteadyProgram.class)) {
            jvm.awaitOutput("running", Duration.ofSeconds(60));
            Capabilities.probe(jvm.pid())
                    .missing(Capabilities.Ability.TRACK_WRITES)
                    .ifPresent(missing -> Assumptions.abort("cannot rehearse here: " + missing));
            Cli.Result result = rehearse(jvm.pid(), 0);
            int attempts = 1;
            for (; attempts < 4 && PatientRehearsal.wasLetGo(result.out() + result.err()); attempts++) {
                result = rehearse(jvm.pid(), attempts);
            }
            assertThat(result.code()).as(result.err() + result.out()).isZero();

            byte[] said = Files.readAllBytes(json(attempts - 1));
            Prediction told = RecordingBefore.predict(trace(attempts - 1), PredictionReport.measured(said));
            assertThat(told.status()).isEqualTo(MigrationStatus.COMPLETED.label());
            // From here on the link alone: what processors this machine has is not known.
            MeasuredRehearsal measured = PredictionReport.measured(withoutMachine(said));
            Prediction prediction = RecordingBefore.predict(trace(attempts - 1), measured);

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

    private Path json(int attempt) {
        return directory.resolve("rehearsal-" + attempt + ".json");
    }

    private Path trace(int attempt) {
        return directory.resolve("trace-" + attempt);
    }

    private Cli.Result rehearse(long pid, int attempt) {
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
                trace(attempt).toString(),
                "--record-for",
                "2s",
                "--json",
                json(attempt).toString());
    }
}
