package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.cli.inspect.InspectJson;
import dev.godwit.hypervisor.cli.inspect.InspectText;
import dev.godwit.hypervisor.cli.inspect.TraceSummary;
import dev.godwit.trace.TraceFormatException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code godwit inspect}. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        versionProvider = GodwitVersion.class,
        description = "Says what is in a trace: JVM, heap, written pages by kind, collections, hints, losses.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit inspect godwit-traces/service-20261123-101500",
            "  godwit inspect godwit-traces/service-20261123-101500 --json | jq .collections"
        })
final class InspectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "TRACE", description = "Directory of the trace, as godwit record wrote it.")
    private Path trace;

    @Option(names = "--json", description = "Print JSON, with every interval and collection.")
    private boolean json;

    @Override
    public Integer call() throws TraceFormatException {
        TraceSummary summary = TraceSummary.read(trace);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(InspectJson.text(summary));
        } else {
            InspectText.lines(summary).forEach(out::println);
        }
        out.flush();
        return ExitCode.OK.code();
    }
}
