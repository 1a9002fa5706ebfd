package dev.godwit.agent.it.programs;

import dev.godwit.hint.CriticalSection;
import dev.godwit.hint.MigrationHints;

/** Waits for a file, then gives its only hint, which lasts until there is another file. */
public final class HintingOnce {
    private HintingOnce() {}

    @SuppressWarnings({"SystemOut", "try"})
    public static void main(String[] arguments) throws InterruptedException {
        Programs.awaitFile(arguments[0]);
        try (CriticalSection section = MigrationHints.critical("the only one")) {
            Programs.awaitFile(arguments[1]);
        }
        System.out.println("hinted");
    }
}
