package dev.godwit.hypervisor.cli;

import dev.godwit.trace.TraceFormatException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code godwit}. */
@Command(
        name = "godwit",
        mixinStandardHelpOptions = true,
        versionProvider = GodwitVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Live migration of virtual machines that knows what the Java program inside is doing.",
            "",
            "Records what a running JVM does to its memory and migrates it on a modelled hypervisor, without and with",
            "the JVM's knowledge; or migrates the memory of a running JVM for real."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit demo                                 see it all in half a minute",
            "  godwit record --duration 20s -- -Xmx2g -jar service.jar",
            "  godwit inspect godwit-traces/service-20261123-101500",
            "  godwit compare godwit-traces/service-20261123-101500 --bandwidth 10Gbit",
            "  godwit advise 4711                          which technique, when, and what to expect",
            "  godwit rehearse 4711 --local --hints on     for real, to a second process on this machine",
            "  godwit experiment convergence               one mechanism, on a guest made for it",
            "",
            "Each command explains itself: godwit COMMAND --help"
        },
        subcommands = {
            RecordCommand.class,
            InspectCommand.class,
            CompareCommand.class,
            AdviseCommand.class,
            VerifyStreamCommand.class,
            RehearseCommand.class,
            RehearseAllCommand.class,
            RehearseStartsCommand.class,
            ModelErrorsCommand.class,
            HostCommand.class,
            ExperimentCommand.class,
            DemoCommand.class
        })
public final class Godwit implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--stacktrace",
            scope = CommandLine.ScopeType.INHERIT,
            description = "When something fails, print where in the program it did.")
    private boolean stacktrace;

    /** Runs a command and exits with its code. */
    public static void main(String[] arguments) {
        System.exit(execute(commandLine(), arguments));
    }

    /** The commands, ready to execute; their output can be redirected. */
    public static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Godwit())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(110)
                .setParameterExceptionHandler(Godwit::wrongUsage)
                .setExecutionExceptionHandler(Godwit::failed);
        addExitCodes(commandLine);
        return commandLine;
    }

    /** Executes; also what picocli does not catch ends in one line. */
    static int execute(CommandLine commandLine, String... arguments) {
        try {
            return commandLine.execute(arguments);
        } catch (OutOfMemoryError e) {
            commandLine.getErr().println("godwit: out of memory; give it more, for example with java -Xmx4g");
        } catch (StackOverflowError | LinkageError e) {
            commandLine.getErr().println("godwit: unexpected failure: " + e);
            if (Arrays.asList(arguments).contains("--stacktrace")) {
                e.printStackTrace(commandLine.getErr());
            }
        }
        commandLine.getErr().flush();
        return ExitCode.FAILED.code();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given");
    }

    private static void addExitCodes(CommandLine commandLine) {
        Map<String, String> exitCodes = new LinkedHashMap<>();
        for (ExitCode exitCode : ExitCode.values()) {
            exitCodes.put(String.valueOf(exitCode.code()), exitCode.meaning());
        }
        commandLine.getSubcommands().values().forEach(Godwit::addExitCodes);
        UsageMessageSpec usage = commandLine.getCommandSpec().usageMessage();
        usage.exitCodeListHeading("%nExit codes:%n").exitCodeList(exitCodes);
    }

    private static int wrongUsage(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("godwit: " + oneLine(e.getMessage()) + "; see "
                + command.getCommandSpec().qualifiedName() + " --help");
        if (Arrays.asList(arguments).contains("--stacktrace")) {
            e.printStackTrace(err);
        }
        err.flush();
        return ExitCode.USAGE.code();
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        ExitCode exitCode = exitCode(e);
        String message = exitCode == ExitCode.FAILED && !(e instanceof CommandFailure)
                ? "unexpected failure: " + e + "; run it again with --stacktrace and report what it prints"
                : e.getMessage();
        err.println("godwit: " + oneLine(message));
        Godwit godwit = (Godwit) command.getCommandSpec().root().userObject();
        if (godwit.stacktrace) {
            e.printStackTrace(err);
        }
        err.flush();
        return exitCode.code();
    }

    private static ExitCode exitCode(Exception e) {
        if (e instanceof CommandFailure failure) {
            return failure.exitCode();
        }
        return e instanceof TraceFormatException ? ExitCode.UNREADABLE_TRACE : ExitCode.FAILED;
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
