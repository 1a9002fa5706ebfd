package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.advise.ModelErrors.Case;
import dev.godwit.hypervisor.advise.ModelErrorsFile;
import dev.godwit.hypervisor.cli.rehearse.Refusals;
import dev.godwit.hypervisor.cli.rehearse.RehearsedProgram;
import dev.godwit.hypervisor.migration.rehearse.RehearsedTechnique;
import dev.godwit.hypervisor.report.ModelErrorsReport;
import dev.godwit.hypervisor.report.ModelErrorsReport.Attempt;
import dev.godwit.hypervisor.report.ModelErrorsReport.Setting;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code godwit model-errors}: {@code godwit rehearse --record}, again and again. */
@Command(
        name = "model-errors",
        mixinStandardHelpOptions = true,
        versionProvider = GodwitVersion.class,
        description = {
            "Measures how far the model is from reality.",
            "",
            "Records a program, rehearses its migration at once, and replays the recording with the same technique,",
            "link and limits; by several techniques, without and with hints, over links of several speeds, again and",
            "again. Without PIDs the three demo applications are started for it. What it writes, godwit advise takes",
            "for its error band.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit model-errors --output errors.txt",
            "  godwit model-errors 4711 --technique post-copy,hybrid --bandwidth 10Gbit --repeat 3",
            "  godwit advise 4711 --model-errors errors.txt"
        })
final class ModelErrorsCommand implements Callable<Integer> {
    private static final String HEAP = "1g";
    private static final int DAY_SECONDS = 86_400;
    private static final int MOST_REPETITIONS = 1000;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "PID",
            arity = "0..*",
            description = "JVMs that run (default: the demo applications are started).")
    private List<Long> pids = List.of();

    @Option(
            names = "--program",
            paramLabel = "NAME",
            split = ",",
            converter = DemoService.Names.class,
            completionCandidates = DemoService.Names.class,
            description = "What is started without PIDs, comma-separated: ${COMPLETION-CANDIDATES} (default: all).")
    private List<DemoService> services;

    @Option(
            names = {"-b", "--bandwidth"},
            paramLabel = "RATE",
            split = ",",
            defaultValue = "1Gbit,10Gbit",
            description = "Links, comma-separated (default: ${DEFAULT-VALUE}).")
    private List<String> bandwidths;

    @Option(
            names = {"-t", "--technique"},
            paramLabel = "NAME",
            split = ",",
            converter = RehearseCommand.TechniqueName.class,
            description = {
                "Techniques, comma-separated (default: all that can be rehearsed here, of pre-copy,",
                "post-copy, hybrid and cancellable-post-copy; what is missing for the others is",
                "said)."
            })
    private List<RehearsedTechnique> techniques;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "2",
            description = {
                "Rehearsals of each kind (default: ${DEFAULT-VALUE}). What they differ by among themselves",
                "stands beside what the model is wrong by."
            })
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

    private final List<Attempt> attempts = new ArrayList<>();
    private int planned;

    @Override
    public Integer call() throws InterruptedException {
        check();
        List<RehearsedTechnique> possible = possible();
        planned = (services().size() + pids.size()) * bandwidths.size() * possible.size() * 2 * repetitions;
        for (DemoService service : services()) {
            try (ScratchDirectory scratch = ScratchDirectory.create("godwit-model-errors");
                    RehearsedProgram program = start(service, scratch.path())) {
                rehearse(program, possible);
            }
        }
        for (long pid : pids) {
            rehearse(RehearsedProgram.running(pid), possible);
        }
        List<Case> cases =
                attempts.stream().flatMap(attempt -> attempt.held().stream()).toList();
        if (cases.isEmpty()) {
            throw new CommandFailure(ExitCode.NOT_MIGRATED, "none was completed both in rehearsal and in replay");
        }
        if (output != null) {
            JsonFile.write(output, file(cases, possible).getBytes(StandardCharsets.UTF_8));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(ModelErrorsReport.text(attempts));
        out.flush();
        return ExitCode.OK.code();
    }

    /** What every rehearsal would refuse is refused once, before a program is started for it. */
    private void check() {
        if (repetitions < 1 || repetitions > MOST_REPETITIONS) {
            throw new ParameterException(
                    spec.commandLine(), "--repeat " + repetitions + ": give 1 to " + MOST_REPETITIONS);
        }
        if (services != null && !pids.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "give either --program, or PIDs of programs that run");
        }
        check("--bandwidth", bandwidths, Units::bytesPerSecond);
        check("--downtime-limit", List.of(downtimeLimit), Units::nanos);
        check("--record-for", List.of(recordFor), Units::nanos);
        if (output != null) {
            JsonFile.check(output);
        }
        Refusals.requireNativeAccess();
    }

    private void check(String option, List<String> values, ToLongFunction<String> reading) {
        for (String value : values) {
            try {
                long unused = reading.applyAsLong(value);
            } catch (IllegalArgumentException wrong) {
                throw new ParameterException(spec.commandLine(), option + ": " + wrong.getMessage(), wrong);
            }
        }
    }

    /**
     * The techniques that were asked for, or else those that every program can be rehearsed by. A program that will be started can do
     * what this process can, whose user it will have.
     */
    private List<RehearsedTechnique> possible() {
        Map<Long, String> programs = new LinkedHashMap<>();
        pids.forEach(pid -> programs.put(pid, "process " + pid));
        if (pids.isEmpty()) {
            programs.put(ProcessHandle.current().pid(), "what is started here");
        }
        List<RehearsedTechnique> wanted = techniques != null
                ? techniques.stream().distinct().toList()
                // Without the first there is nothing to measure.
                : List.of(RehearsedTechnique.PRE_COPY);
        programs.forEach((pid, name) -> wanted.forEach(technique -> Refusals.requireRight(pid, name, technique)));
        if (techniques != null) {
            return wanted;
        }
        List<RehearsedTechnique> possible = new ArrayList<>();
        for (RehearsedTechnique technique : RehearsedTechnique.values()) {
            Optional<String> missing = programs.keySet().stream()
                    .flatMap(pid -> Refusals.missing(pid, technique).stream())
                    .findFirst();
            missing.ifPresentOrElse(
                    what -> say("godwit: notice: " + technique.label() + " is left out: " + what),
                    () -> possible.add(technique));
        }
        return possible;
    }

    private List<DemoService> services() {
        if (!pids.isEmpty()) {
            return List.of();
        }
        return services == null
                ? List.of(DemoService.values())
                : services.stream().distinct().toList();
    }

    private RehearsedProgram start(DemoService service, Path scratch) throws InterruptedException {
        return RehearsedProgram.startWarm(
                service.label(),
                HEAP,
                service.commandLine(DAY_SECONDS, scratch),
                warmUpNanos,
                spec.commandLine().getErr());
    }

    private void rehearse(RehearsedProgram program, List<RehearsedTechnique> possible) {
        for (int repetition = 0; repetition < repetitions; repetition++) {
            for (String bandwidth : bandwidths) {
                for (RehearsedTechnique technique : possible) {
                    for (boolean hints : new boolean[] {false, true}) {
                        rehearse(program, new Setting(program.name(), bandwidth, technique, hints));
                    }
                }
            }
        }
    }

    private void rehearse(RehearsedProgram program, Setting setting) {
        String what = (attempts.size() + 1) + " of " + planned + ": " + setting + ": ";
        try {
            Case held = ComparedRehearsal.make(program, setting, downtimeLimit, recordFor);
            attempts.add(new Attempt(setting, Optional.of(held)));
            say(what + ModelErrorsReport.brief(held));
        } catch (ComparedRehearsal.LeftOut unfit) {
            attempts.add(new Attempt(setting, Optional.empty()));
            say(what + unfit.getMessage() + ", left out");
        }
    }

    private String file(List<Case> cases, List<RehearsedTechnique> possible) {
        StringBuilder text = new StringBuilder();
        text.append(
                "# How far replays were from rehearsals of the same programs: measured and modelled, side by side.\n");
        text.append("# Made by: ").append(commandLine(possible)).append('\n');
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
        text.append(ModelErrorsFile.HEADER);
        cases.forEach(each -> text.append(ModelErrorsFile.line(each)));
        return text.toString();
    }

    private String commandLine(List<RehearsedTechnique> possible) {
        return "godwit model-errors --technique "
                + possible.stream().map(RehearsedTechnique::label).collect(Collectors.joining(","))
                + " --bandwidth " + String.join(",", bandwidths) + " --repeat " + repetitions
                + " --downtime-limit " + downtimeLimit + " --record-for " + recordFor + " --warm-up "
                + TimeUnit.NANOSECONDS.toSeconds(warmUpNanos) + "s"
                + (services == null
                        ? ""
                        : " --program "
                                + services().stream().map(DemoService::label).collect(Collectors.joining(",")))
                + (pids.isEmpty() ? "" : ", of running programs");
    }

    private void say(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(line);
        err.flush();
    }
}
