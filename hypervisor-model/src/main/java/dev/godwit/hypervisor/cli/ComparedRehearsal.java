package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.advise.ModelErrors.Case;
import dev.godwit.hypervisor.advise.ModelErrors.Pair;
import dev.godwit.hypervisor.cli.rehearse.RecordingBefore;
import dev.godwit.hypervisor.cli.rehearse.RehearsedProgram;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.compare.Prediction;
import dev.godwit.hypervisor.report.ModelErrorsReport.Setting;
import dev.godwit.hypervisor.report.PredictionReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One rehearsal, the trace taken before it, and the replay of that: made, compared, and forgotten but for the figures. */
final class ComparedRehearsal {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int MAX_ROUNDS = 10;
    private static final double NANOS_PER_MILLI = 1e6;

    private ComparedRehearsal() {}

    /** Of a rehearsal that says nothing of the model's error. */
    static final class LeftOut extends Exception {
        private static final long serialVersionUID = 1;

        LeftOut(String why) {
            super(why);
        }
    }

    /**
     * Records, rehearses, replays and compares.
     *
     * @param downtimeLimit as a user writes it
     * @param recordFor likewise
     * @throws LeftOut if rehearsal or replay was not completed; one line
     */
    static Case make(RehearsedProgram program, Setting setting, String downtimeLimit, String recordFor) throws LeftOut {
        try (ScratchDirectory scratch = ScratchDirectory.create("godwit-model-error")) {
            return make(
                    program,
                    setting,
                    List.of("--downtime-limit", downtimeLimit, "--record-for", recordFor),
                    scratch.path());
        }
    }

    private static Case make(RehearsedProgram program, Setting setting, List<String> limits, Path scratch)
            throws LeftOut {
        Path trace = scratch.resolve("trace");
        Path file = scratch.resolve("rehearsal.json");
        List<String> words = new ArrayList<>(List.of("rehearse", Long.toString(program.pid()), "--local"));
        words.addAll(List.of(
                "--bandwidth",
                setting.link(),
                "--technique",
                setting.technique().label()));
        words.addAll(List.of("--hints", setting.hints() ? "on" : "off"));
        words.addAll(List.of("--max-rounds", Integer.toString(MAX_ROUNDS), "--watch", "0"));
        words.addAll(List.of("--record", trace.toString(), "--json", file.toString()));
        words.addAll(limits);
        InnerCommand rehearsal = InnerCommand.run(words);
        if (rehearsal.exitCode() != ExitCode.OK.code()) {
            throw new LeftOut("not completed: " + program.howItEnded().orElse(rehearsal.lastLine()));
        }
        try {
            byte[] json = Files.readAllBytes(file);
            Prediction prediction = RecordingBefore.predict(trace, PredictionReport.measured(json));
            if (!prediction.status().equals(MigrationStatus.COMPLETED.label())) {
                throw new LeftOut("completed, but not in replay: " + prediction.reason());
            }
            return held(setting, json, prediction);
        } catch (CommandFailure | IllegalArgumentException unusable) {
            throw new LeftOut("completed, but cannot be compared: " + unusable.getMessage());
        } catch (IOException lost) {
            throw new CommandFailure(ExitCode.FAILED, "cannot read " + file + ": " + lost.getMessage(), lost);
        }
    }

    /**
     * The figures side by side, without what only a rehearsal does while the program stands: keeping its safety copy, which is no part of
     * the downtime, and looking from outside which pages there are, which is, and which the replay was told.
     *
     * @param json of the rehearsal
     * @throws IllegalArgumentException if one of them is not positive; one line
     */
    static Case held(Setting setting, byte[] json, Prediction prediction) {
        JsonNode godwit = MAPPER.readTree(json).path("godwit");
        JsonNode ahead = godwit.path("ahead");
        double survey = ahead.path("survey-pause").asDouble(0);
        double downtime = godwit.path("downtime").asDouble(0) - survey;
        double stopped = godwit.path("app-pause").asDouble(0)
                - ahead.path("safety-copy-pause").asDouble(0)
                - survey;
        MigrationStatistics model = prediction.statistics();
        double modelledDowntime = model.downtimeNanos() / NANOS_PER_MILLI - survey;
        double modelledStop = model.appPauseNanos() / NANOS_PER_MILLI - survey;
        return new Case(
                setting.program(),
                setting.technique(),
                prediction.measured().bandwidthBytesPerSecond(),
                setting.hints(),
                new Pair(prediction.measured().totalNanos() / NANOS_PER_MILLI, model.totalNanos() / NANOS_PER_MILLI),
                new Pair(downtime, modelledDowntime),
                new Pair(Math.max(downtime, stopped), Math.max(modelledDowntime, modelledStop)),
                new Pair(prediction.measured().transferredBytes(), model.transferredBytes()));
    }
}
