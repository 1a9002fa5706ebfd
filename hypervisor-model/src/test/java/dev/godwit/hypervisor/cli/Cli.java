package dev.godwit.hypervisor.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs the command line inside the test. */
final class Cli {
    private Cli() {}

    static Result run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Godwit.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int code = Godwit.execute(commandLine, arguments);
        return new Result(code, out.toString(), err.toString());
    }

    /** How a command ended, and what it said. */
    record Result(int code, String out, String err) {}
}
