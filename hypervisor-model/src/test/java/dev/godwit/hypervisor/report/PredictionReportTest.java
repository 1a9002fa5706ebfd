package dev.godwit.hypervisor.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.migration.AheadWork;
import dev.godwit.hypervisor.migration.PageWork;
import dev.godwit.hypervisor.migration.compare.MeasuredRehearsal;
import dev.godwit.hypervisor.migration.compare.RehearsingMachine;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class PredictionReportTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String REHEARSAL = """
            {"technique": "pre-copy", "status": "completed", "ram": {"transferred": 10, "total": 20},
             "godwit": {"measured": true, "downtime-limit": 300, "compress": "none", "delta-cache-bytes": 65536,
             "bandwidth-bytes-per-second": 1000, "max-rounds": 3, "total-time": 5, "other-threads-time": 1.5}}
            """;

    @Test
    void whatWasKnownOfTheMachineComesBackAsItWasWritten() {
        PageWork work = new PageWork(1200, 32768, 3100, 2500, 1900, 250_000_000);
        comesBack(new RehearsingMachine(2, true, 0.25, 1.75, work));
        comesBack(new RehearsingMachine(
                2, false, 0.25, work.withAhead(new AheadWork(3200, 5100, 1800, 3900, 21_500_000))));
    }

    private static void comesBack(RehearsingMachine machine) {
        ObjectNode json = (ObjectNode) MAPPER.readTree(REHEARSAL);
        MachineJson.write(((ObjectNode) json.path("godwit")).putObject("machine"), machine);

        assertThat(read(json.toString()).machine()).contains(machine);
        assertThat(read(json.toString()).compilingNanos()).isEqualTo(1_500_000);
    }

    @Test
    void whatOnlyARehearsalIsHeldUpByIsGivenToItsReplay() {
        String ahead = REHEARSAL.replace(
                "\"measured\"",
                "\"setup-time\": 1, \"ahead\": {\"safety-copy-catching-up\": 0.5, \"safety-copy-pause\": 2, \"survey-pause\": 1.5},"
                        + " \"measured\"");

        assertThat(read(ahead).setupNanos()).isEqualTo(3_500_000);
        assertThat(read(ahead).surveyNanos()).isEqualTo(1_500_000);
    }

    @Test
    void aRehearsalThatSaysNothingOfItsMachineIsReadAllTheSame() {
        assertThat(read(REHEARSAL).machine()).isEmpty();
    }

    @Test
    void aMachineThatThereIsNotIsRefused() {
        String none = REHEARSAL.replace("\"measured\"", "\"machine\": {\"processors\": -1}, \"measured\"");

        assertThatThrownBy(() -> read(none)).hasMessage("a rehearsal on -1.0 processors");
    }

    private static MeasuredRehearsal read(String json) {
        return PredictionReport.measured(json.getBytes(StandardCharsets.UTF_8));
    }
}
