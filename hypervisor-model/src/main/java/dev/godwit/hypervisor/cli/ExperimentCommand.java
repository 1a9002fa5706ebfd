package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.guest.UnusableTraceException;
import dev.godwit.hypervisor.migration.experiment.Experiment;
import dev.godwit.hypervisor.migration.experiment.Findings;
import dev.godwit.hypervisor.migration.experiment.TraceExperiment;
import dev.godwit.hypervisor.report.FindingsReport;
import dev.godwit.trace.TraceFormatException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code godwit experiment}. */
@Command(
        name = "experiment",
        mixinStandardHelpOptions = true,
        versionProvider = GodwitVersion.class,
        description = {
            "Shows one mechanism of live migration on a guest made for it.",
            "",
            "Without a name, lists what there is. Needs no trace; starts and collecting take one. The same seed gives the",
            "same figures, to the byte. All figures are modelled.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit experiment                 what there is, and what each answers",
            "  godwit experiment convergence",
            "  godwit experiment convergence --json out.json",
            "  godwit experiment starts godwit-traces/service-20261123-101500"
        })
final class ExperimentCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "NAME",
            arity = "0..1",
            completionCandidates = Names.class,
            description = "One of: ${COMPLETION-CANDIDATES}.")
    private String name;

    @Parameters(
            index = "1",
            paramLabel = "TRACE",
            arity = "0..1",
            description = "For starts and collecting: a recorded run instead of one made for it.")
    private Path trace;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of everything that is drawn (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures to FILE too; whole or not at all.")
    private Path json;

    @Override
    public Integer call() throws TraceFormatException {
        PrintWriter out = spec.commandLine().getOut();
        if (name == null) {
            list(out);
            return ExitCode.OK.code();
        }
        Experiment experiment = Experiment.named(name)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "no experiment '" + name + "': give " + String.join(", ", new Names())));
        if (json != null) {
            JsonFile.check(json);
        }
        Optional<RecordedRun> run = recorded(experiment);
        Findings findings;
        try (CompareProgress progress = CompareProgress.start(-1)) {
            findings = experiment instanceof TraceExperiment onTrace
                    ? onTrace.run(seed, progress.listener(name), run)
                    : experiment.run(seed, progress.listener(name));
        } catch (UnusableTraceException e) {
            throw new CommandFailure(ExitCode.DOES_NOT_FIT, e.getMessage(), e);
        }
        if (json != null) {
            JsonFile.write(json, FindingsReport.json(experiment, seed, findings).getBytes(StandardCharsets.UTF_8));
        }
        out.print(FindingsReport.text(experiment, findings));
        out.flush();
        return ExitCode.OK.code();
    }

    private Optional<RecordedRun> recorded(Experiment experiment) throws TraceFormatException {
        if (trace == null) {
            return Optional.empty();
        }
        if (!(experiment instanceof TraceExperiment)) {
            throw new ParameterException(
                    spec.commandLine(), "experiment " + name + " runs on a guest made for it: leave the trace out");
        }
        return Optional.of(CompareSettings.load(trace));
    }

    private static void list(PrintWriter out) {
        Experiment.ALL.forEach(
                experiment -> out.println(String.format("%-14s  %s", experiment.name(), experiment.question())));
        out.println();
        out.println("godwit experiment NAME runs one.");
        out.flush();
    }

    /** Names of all experiments. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Experiment.ALL.stream().map(Experiment::name).iterator();
        }
    }
}
