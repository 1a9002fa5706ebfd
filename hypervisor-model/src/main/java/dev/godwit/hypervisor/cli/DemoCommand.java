package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.cli.record.Outcome;
import dev.godwit.hypervisor.cli.record.OutputDirectory;
import dev.godwit.hypervisor.cli.record.RecordSettings;
import dev.godwit.hypervisor.cli.record.StartedProgram;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.compare.Comparison;
import dev.godwit.hypervisor.migration.compare.ComparisonOptions;
import dev.godwit.hypervisor.migration.compare.Technique;
import dev.godwit.trace.TraceFormatException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code godwit demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = GodwitVersion.class,
        description = {
            "Records a service with a 2 GiB heap (G1) and compares its migrations.",
            "",
            "Starts a program of demo-apps under the agent for about 20 s, then does what godwit compare does.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit demo",
            "  godwit demo --program shop --json out.json",
            "  godwit demo --seconds 60 --bandwidth 10Gbit --output my-trace"
        })
final class DemoCommand implements Callable<Integer> {
    private static final String HEAP = "2g";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--program",
            paramLabel = "NAME",
            defaultValue = "orders",
            converter = DemoService.Names.class,
            completionCandidates = DemoService.Names.class,
            description = "What is recorded: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private DemoService service;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "20",
            description = "How long it runs (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "New or empty directory for the trace (default: godwit-traces/NAME-TIMESTAMP).")
    private Path output;

    @Mixin
    private CompareSettings settings;

    @Override
    public Integer call() throws InterruptedException, TraceFormatException {
        if (seconds < 3 || seconds > 3_600) {
            throw new ParameterException(spec.commandLine(), "--seconds is " + seconds + "; give 3 to 3600");
        }
        ComparisonOptions options = settings.options(spec.commandLine());
        settings.checkJson();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();

        out.println(service.description() + ", G1, heap " + HEAP + ", for " + seconds
                + " s under the agent; its written pages are tracked as it runs.");
        out.flush();
        DemoProgram program = new DemoProgram();
        Outcome outcome = record(program, err);
        out.println("service     " + program.lastLine());
        outcome.lines().forEach(err::println);
        err.flush();
        out.println();
        Comparison comparison =
                settings.compare(outcome.trace(), options, Technique.PRE_COPY_WITHOUT_AND_WITH_HINTS, out);
        out.println();
        out.println(lesson(comparison));
        out.println("Look closer: godwit inspect " + outcome.trace() + "; other links: godwit compare "
                + outcome.trace() + " --bandwidth 10Gbit");
        out.flush();
        return ExitCode.OK.code();
    }

    private Outcome record(DemoProgram program, PrintWriter err) throws InterruptedException {
        try (ScratchDirectory scratch = ScratchDirectory.create("godwit-demo")) {
            List<String> words = new ArrayList<>(List.of(
                    "-XX:+UseG1GC",
                    "-Xms" + HEAP,
                    "-Xmx" + HEAP,
                    // The database is thrown away: no commit need wait for the disk.
                    "-Dderby.system.durability=test"));
            words.addAll(service.commandLine(seconds, scratch.path()));
            OutputDirectory directory =
                    OutputDirectory.claim(output == null ? OutputDirectory.defaultPath(service.label()) : output);
            RecordSettings settings =
                    new RecordSettings(OptionalLong.empty(), TimeUnit.MILLISECONDS.toNanos(500), false);
            return StartedProgram.record(
                    words, Installation.agentJar(), directory, settings, false, program::start, err);
        }
    }

    /** What a reader should take from the table. */
    private static String lesson(Comparison comparison) {
        MigrationResult plain = comparison.results().get(0);
        MigrationResult hinted = comparison.results().get(1);
        boolean plainEnds = plain.status() == MigrationStatus.COMPLETED;
        boolean hintedEnds = hinted.status() == MigrationStatus.COMPLETED;
        if (hintedEnds && !plainEnds) {
            return "What to take from it: most of what this service writes is young and dies young. A hypervisor that"
                    + " does not know chases it without end; one that asks the JVM leaves it out, collects once, and"
                    + " sends what survived.";
        }
        if (hintedEnds) {
            return String.format(
                    Locale.ROOT,
                    "What to take from it: on this link both migrations end; asking the JVM changes the total time by"
                            + " %+.0f %% and the downtime by %+.0f %%.",
                    change(plain.statistics().totalNanos(), hinted.statistics().totalNanos()),
                    change(
                            plain.statistics().downtimeNanos(),
                            hinted.statistics().downtimeNanos()));
        }
        return "What to take from it: on this link not even leaving young pages out is enough; try --bandwidth 10Gbit.";
    }

    private static double change(long before, long after) {
        return before == 0 ? 0 : 100.0 * (after - before) / before;
    }
}
