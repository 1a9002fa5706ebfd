package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.cli.rehearse.RecordingBefore;
import dev.godwit.hypervisor.migration.capture.CaptureDirectory;
import dev.godwit.hypervisor.migration.compare.ComparisonOptions;
import dev.godwit.hypervisor.migration.compare.Prediction;
import dev.godwit.hypervisor.migration.compare.Technique;
import dev.godwit.hypervisor.report.PredictionReport;
import dev.godwit.trace.TraceFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code godwit compare}. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        versionProvider = GodwitVersion.class,
        description = {
            "Migrates a recorded run on a modelled hypervisor by every technique, and compares them.",
            "",
            "Without and with the JVM's knowledge; --technique picks some.",
            "The same trace, options and seed give the same result, to the byte. All figures are modelled.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit compare godwit-traces/service-20261123-101500",
            "  godwit compare godwit-traces/service-20261123-101500 --bandwidth 10Gbit --memory 16GiB",
            "  godwit compare godwit-traces/service-20261123-101500 --downtime-limit 50ms --json out.json",
            "  godwit compare godwit-traces/service-20261123-101500 --technique pre-copy,pre-copy+hints",
            "  godwit compare godwit-traces/service-20261123-101500 --start policy --max-wait 30s",
            "  godwit compare trace --rehearsal out.json    after godwit rehearse PID --local --record trace --json out.json"
        })
final class CompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "TRACE", description = "Directory of the trace, as godwit record wrote it.")
    private Path trace;

    @Option(
            names = {"-t", "--technique"},
            paramLabel = "NAME",
            split = ",",
            converter = TechniqueNames.class,
            completionCandidates = TechniqueNames.class,
            description = {
                "Techniques to compare, comma-separated, or all (default: all).",
                "Names: ${COMPLETION-CANDIDATES}."
            })
    private List<Choice> choices;

    @Option(
            names = "--stream",
            paramLabel = "DIR",
            description = {
                "Write each migration to DIR too, as the stream that would go over the wire, for",
                "guests of up to 4GiB; godwit verify-stream checks it. The bytes of its pages are",
                "made up. Takes as much room as the techniques send."
            })
    private Path streams;

    @Option(
            names = "--rehearsal",
            paramLabel = "FILE",
            description = {
                "Hold the model against reality: replay what godwit rehearse --json wrote to FILE,",
                "with the same technique, link and limits, and show what was measured beside what",
                "the model says. Other options are not asked."
            })
    private Path rehearsal;

    @Mixin
    private CompareSettings settings;

    @Mixin
    private VirtualizationSettings hosts;

    @Mixin
    private StartSettings start;

    @Override
    public Integer call() throws TraceFormatException {
        if (rehearsal != null) {
            return predict();
        }
        ComparisonOptions options = start.addTo(
                settings.options(spec.commandLine()).withVirtualization(hosts.virtualization(spec.commandLine())));
        settings.checkJson();
        settings.compare(trace, options, chosen(), spec.commandLine().getOut(), captures(options));
        return ExitCode.OK.code();
    }

    private int predict() {
        settings.checkJson();
        Prediction prediction = RecordingBefore.predict(trace, RehearsalFile.read(rehearsal));
        settings.writeJson(PredictionReport.json(prediction));
        spec.commandLine().getOut().print(PredictionReport.text(prediction));
        spec.commandLine().getOut().flush();
        return ExitCode.OK.code();
    }

    private Optional<CaptureDirectory> captures(ComparisonOptions options) {
        if (streams == null) {
            return Optional.empty();
        }
        if (options.memoryBytes() > CaptureDirectory.MAX_GUEST_BYTES) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--stream is for guests of up to 4GiB, this one has " + (options.memoryBytes() >> 20)
                            + " MiB: give a smaller --memory");
        }
        try {
            return Optional.of(new CaptureDirectory(
                    streams, trace.toAbsolutePath().getFileName().toString()));
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.FAILED, "cannot make the directory " + streams + ": " + e.getMessage(), e);
        }
    }

    /** In the order given; one that is named twice is migrated once. */
    private List<Technique> chosen() {
        if (choices == null) {
            return Technique.ALL;
        }
        return choices.stream()
                .flatMap(choice -> choice.techniques().stream())
                .distinct()
                .toList();
    }

    /** What one name stands for. */
    record Choice(List<Technique> techniques) {}

    /** A name, or {@code all}. */
    static final class TechniqueNames implements ITypeConverter<Choice>, Iterable<String> {
        private static final String ALL = "all";

        @Override
        public Choice convert(String value) {
            if (value.strip().equals(ALL)) {
                return new Choice(Technique.ALL);
            }
            return new Choice(List.of(Technique.named(value.strip())
                    .orElseThrow(() -> new TypeConversionException(
                            "no technique '" + value + "': give " + String.join(", ", this) + " or " + ALL))));
        }

        @Override
        public Iterator<String> iterator() {
            return Technique.ALL.stream().map(Technique::label).iterator();
        }
    }
}
