package dev.godwit.demo.common;

import java.io.PrintStream;
import java.util.Locale;

/** Prints what a run has to say, for people or as one JSON object a line, each as soon as it is said. */
public final class Lines {
    private final PrintStream out;
    private final boolean json;

    /**
     * @param json whether lines are JSON objects
     */
    public Lines(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /** Prints the values in the one form or the other; both take the same values in the same order. */
    public void print(String jsonForm, String textForm, Object... values) {
        out.println(String.format(Locale.ROOT, json ? jsonForm : textForm, values));
        out.flush();
    }

    /** A line about what is not as it must be. */
    public void violation(String line) {
        print(
                "{\"event\":\"violation\",\"text\":\"%s\"}",
                "%s", json ? line.replace("\\", "\\\\").replace("\"", "\\\"") : line);
    }
}
