package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.advise.Band;
import dev.godwit.hypervisor.advise.ModelErrors;
import dev.godwit.hypervisor.advise.ModelErrors.Case;
import dev.godwit.hypervisor.advise.ModelErrors.Pair;
import dev.godwit.hypervisor.cli.rehearse.RecordingBefore;
import dev.godwit.hypervisor.cli.rehearse.RehearsedProgram;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.compare.Prediction;
import dev.godwit.hypervisor.report.PredictionReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code godwit model-errors}: {@code godwit rehearse --record}, again and again. */
@Command(
        name = "model-errors",
        mixinStandardHelpOptions = true,
        versionProvider = GodwitVersion.class,
        description = {
            "Measures how far the model is from reality.",
            "",
            "Records a program, rehearses its migration at once by pre-copy, and replays the recording with the same link",
            "and limits; without and with hints, over links of several speeds, again and again. Without PIDs the three",
            "demo applications are started for it. What it writes, godwit advise takes for its error band.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {"  godwit model-errors --output errors.txt", "  godwit advise 4711 --model-errors errors.txt"})
final class ModelErrorsCommand implements Callable<Integer> {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String HEAP = "1g";
    private static final int DAY_SECONDS = 86_400;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "PID", arity = "0..*", description = "JVMs that run (default: three are started).")
    private List<Long> pids = List.of();

    @Option(
            names = {"-b", "--bandwidth"},
            paramLabel = "RATE",
            split = ",",
            defaultValue = "1Gbit,10Gbit",
            description = "Links, comma-separated (default: ${DEFAULT-VALUE}).")
    private List<String> bandwidths;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "2",
            description = "Rehearsals of each kind (default: ${DEFAULT-VALUE}).")
    private int repetitions;

    @Option(
            names = "--downtime-limit",
            paramLabel = "TIME",
            defaultValue = "1s",
            description = {
                "Longest pause that is accepted (default: ${DEFAULT-VALUE}: long, for what does not",
                "complete says nothing of the model's error)."
            })
    private String downtimeLimit;

    @Option(
            names = "--record-for",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "How long to record before each rehearsal (default: ${DEFAULT-VALUE}).")
    private String recordFor;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            converter = Units.Duration.class,
            defaultValue = "20s",
            description = "How long a started program runs before it is recorded (default: ${DEFAULT-VALUE}).")
    private long warmUpNanos;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write a line for each rehearsal to FILE, for godwit advise --model-errors.")
    private Path output;

    private final List<Case> cases = new ArrayList<>();
    private int made;
    private int planned;

    @Override
    public Integer call() throws InterruptedException {
        if (repetitions < 1 || repetitions > 1000) {
            throw new ParameterException(spec.commandLine(), "--repeat " + repetitions + ": give 1 to 1000");
        }
        if (output != null) {
            JsonFile.check(output);
        }
        planned = (pids.isEmpty() ? DemoService.values().length : pids.size()) * bandwidths.size() * 2 * repetitions;
        try (ScratchDirectory scratch = ScratchDirectory.create("godwit-model-errors")) {
            if (pids.isEmpty()) {
                for (DemoService service : DemoService.values()) {
                    try (RehearsedProgram program = start(service, scratch.path())) {
                        rehearse(program, scratch.path());
                    }
                }
            }
            for (long pid : pids) {
                rehearse(RehearsedProgram.running(pid), scratch.path());
            }
        }
        if (cases.isEmpty()) {
            throw new CommandFailure(ExitCode.NOT_MIGRATED, "none was completed both in rehearsal and in replay");
        }
        ModelErrors errors = new ModelErrors(cases);
        if (output != null) {
            JsonFile.write(output, file(errors).getBytes(StandardCharsets.UTF_8));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(text(errors));
        out.flush();
        return ExitCode.OK.code();
    }

    private RehearsedProgram start(DemoService service, Path scratch) throws InterruptedException {
        return RehearsedProgram.startWarm(
                service.label(),
                HEAP,
                service.commandLine(DAY_SECONDS, scratch),
                warmUpNanos,
                spec.commandLine().getErr());
    }

    private void rehearse(RehearsedProgram program, Path scratch) {
        for (int repetition = 0; repetition < repetitions; repetition++) {
            for (String bandwidth : bandwidths) {
                for (boolean hints : new boolean[] {false, true}) {
                    String what = ++made + " of " + planned + ": " + program.name() + ", " + bandwidth + ", hints "
                            + (hints ? "on" : "off");
                    say(what + ": " + one(program, bandwidth, hints, scratch));
                }
            }
        }
    }

    /** What came of it, a few words. */
    private String one(RehearsedProgram program, String bandwidth, boolean hints, Path scratch) {
        Path trace = scratch.resolve("trace-" + made);
        Path file = scratch.resolve("rehearsal-" + made + ".json");
        InnerCommand rehearsal = InnerCommand.run(List.of(
                "rehearse",
                Long.toString(program.pid()),
                "--local",
                "--bandwidth",
                bandwidth,
                "--hints",
                hints ? "on" : "off",
                "--downtime-limit",
                downtimeLimit,
                "--max-rounds",
                "10",
                "--watch",
                "0",
                "--record",
                trace.toString(),
                "--record-for",
                recordFor,
                "--json",
                file.toString()));
        if (rehearsal.exitCode() != ExitCode.OK.code()) {
            return "not completed, left out: " + program.howItEnded().orElse(rehearsal.lastLine());
        }
        try {
            byte[] json = Files.readAllBytes(file);
            Prediction prediction = RecordingBefore.predict(trace, PredictionReport.measured(json));
            if (!prediction.status().equals(MigrationStatus.COMPLETED.label())) {
                return "completed, but not in replay, left out: " + prediction.reason();
            }
            cases.add(held(program.name(), hints, json, prediction));
            return brief(cases.get(cases.size() - 1));
        } catch (IOException lost) {
            throw new CommandFailure(ExitCode.FAILED, "cannot read " + file + ": " + lost.getMessage(), lost);
        }
    }

    private static Case held(String program, boolean hints, byte[] json, Prediction prediction) {
        JsonNode godwit = MAPPER.readTree(json).path("godwit");
        double downtime = godwit.path("downtime").asDouble(0);
        return new Case(
                program,
                prediction.measured().bandwidthBytesPerSecond(),
                hints,
                new Pair(
                        prediction.measured().totalNanos() / 1e6,
                        prediction.statistics().totalNanos() / 1e6),
                new Pair(downtime, prediction.statistics().downtimeNanos() / 1e6),
                new Pair(
                        Math.max(downtime, godwit.path("app-pause").asDouble(0)),
                        Math.max(
                                        prediction.statistics().downtimeNanos(),
                                        prediction.statistics().appPauseNanos())
                                / 1e6),
                new Pair(
                        prediction.measured().transferredBytes(),
                        prediction.statistics().transferredBytes()));
    }

    private static String brief(Case held) {
        return String.format(
                Locale.ROOT,
                "measured over modelled: total time %.2f, downtime %.2f, application stopped %.2f, sent %.2f",
                held.totalMillis().ratio(),
                held.downtimeMillis().ratio(),
                held.stoppedMillis().ratio(),
                held.sentBytes().ratio());
    }

    private String file(ModelErrors errors) {
        StringBuilder text = new StringBuilder();
        text.append(
                "# How far replays were from rehearsals of the same programs: measured and modelled, side by side.\n");
        text.append("# Made by: ").append(commandLine()).append('\n');
        text.append("# On: JDK ")
                .append(System.getProperty("java.version"))
                .append(", ")
                .append(System.getProperty("os.name"))
                .append(' ')
                .append(System.getProperty("os.version"))
                .append(", ")
                .append(Runtime.getRuntime().availableProcessors())
                .append(" processors; heaps of ")
                .append(HEAP)
                .append(" where programs were started for it.\n");
        text.append("# program | bytes per second of the link | hints | total time in ms, measured | modelled"
                + " | downtime in ms, measured | modelled\n"
                + "#   | application stopped in ms, measured | modelled | sent bytes, measured | modelled\n");
        errors.cases().forEach(each -> text.append(each.line()).append('\n'));
        return text.toString();
    }

    private String commandLine() {
        return "godwit model-errors --bandwidth " + String.join(",", bandwidths) + " --repeat " + repetitions
                + " --downtime-limit " + downtimeLimit + " --record-for " + recordFor + " --warm-up "
                + TimeUnit.NANOSECONDS.toSeconds(warmUpNanos) + "s"
                + (pids.isEmpty() ? "" : ", of running programs");
    }

    private String text(ModelErrors errors) {
        return String.format(
                        Locale.ROOT,
                        "%d of %d rehearsals completed, and their replays. Measured over modelled, median (10th to 90th percentile):\n",
                        errors.cases().size(),
                        planned)
                + line("total time", errors, Case::totalMillis)
                + line("downtime", errors, Case::downtimeMillis)
                + line("application stopped", errors, Case::stoppedMillis)
                + line("sent", errors, Case::sentBytes);
    }

    private static String line(String name, ModelErrors errors, Function<Case, Pair> figure) {
        Band ratio = errors.ratio(figure);
        return String.format(
                Locale.ROOT, "  %-20s %.2f (%.2f to %.2f)\n", name, ratio.middle(), ratio.low(), ratio.high());
    }

    private void say(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(line);
        err.flush();
    }
}
