package dev.godwit.agent.it.programs;

import dev.godwit.hint.CriticalSection;
import dev.godwit.hint.MigrationHints;

/** Waits for a file, then gives its only hint. */
public final class HintingOnce {
    private HintingOnce() {}

    @SuppressWarnings({"SystemOut", "try"})
    public static void main(String[] arguments) throws InterruptedException {
        Programs.awaitFile(arguments[0]);
        try (CriticalSection section = MigrationHints.critical("the only one")) {
            Thread.sleep(1_500);
        }
        System.out.println("hinted");
    }
}
