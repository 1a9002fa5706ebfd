package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.migration.compare.ComparisonOptions;
import dev.godwit.trace.TraceFormatException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code godwit compare}. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        versionProvider = GodwitVersion.class,
        description = {
            "Migrates the recorded run on a modelled hypervisor, without and with the JVM's knowledge.",
            "",
            "The same trace, options and seed give the same result, to the byte. All figures are modelled.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit compare godwit-traces/service-20261123-101500",
            "  godwit compare godwit-traces/service-20261123-101500 --bandwidth 10Gbit --memory 16GiB",
            "  godwit compare godwit-traces/service-20261123-101500 --downtime-limit 50ms --json out.json"
        })
final class CompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "TRACE", description = "Directory of the trace, as godwit record wrote it.")
    private Path trace;

    @Mixin
    private CompareSettings settings;

    @Override
    public Integer call() throws TraceFormatException {
        ComparisonOptions options = settings.options(spec.commandLine());
        settings.checkJson();
        settings.compare(trace, options, spec.commandLine().getOut());
        return ExitCode.OK.code();
    }
}
