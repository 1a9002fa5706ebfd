package dev.godwit.hypervisor.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.List;
import picocli.CommandLine;

/**
 * One command that another one runs again and again, and whose output it does not show.
 *
 * @param exitCode of {@link ExitCode}
 * @param lastLine the last that it wrote to standard error, where it says why it failed
 */
record InnerCommand(int exitCode, String lastLine) {

    /** Runs a command with these words. */
    static InnerCommand run(List<String> words) {
        StringWriter said = new StringWriter();
        CommandLine command = Godwit.commandLine()
                .setOut(new PrintWriter(Writer.nullWriter()))
                .setErr(new PrintWriter(said));
        int code = Godwit.execute(command, words.toArray(new String[0]));
        String[] lines = said.toString().strip().split("\n", -1);
        return new InnerCommand(code, lines[lines.length - 1]);
    }
}
