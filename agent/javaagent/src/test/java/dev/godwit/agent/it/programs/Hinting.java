package dev.godwit.agent.it.programs;

import dev.godwit.hint.CriticalSection;
import dev.godwit.hint.MemoryHint;
import dev.godwit.hint.MigrationCritical;
import dev.godwit.hint.MigrationHints;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Gives every kind of hint, over and over until a file exists. */
public final class Hinting {
    private Hinting() {}

    @MigrationCritical
    private static double annotated(double value, long more) throws InterruptedException {
        Thread.sleep(150);
        if (value > more) {
            throw new IllegalStateException("thrown through");
        }
        return value;
    }

    @MigrationCritical("by name")
    private static void throwing() throws InterruptedException {
        try {
            annotated(2, 1);
        } catch (IllegalStateException e) {
            annotated(0, 1);
        }
    }

    @SuppressWarnings({"SystemOut", "try"})
    public static void main(String[] arguments) throws InterruptedException {
        long start = System.nanoTime();
        ByteBuffer scratch = ByteBuffer.allocateDirect(10_000).position(100);
        Thread.currentThread().setName("hinting thread");
        while (Programs.goesOn(arguments[0], start)) {
            try (CriticalSection section = MigrationHints.critical("long")) {
                Thread.sleep(150);
            }
            for (int i = 0; i < 100; i++) {
                MigrationHints.critical("brief").close();
            }
            throwing();
            MigrationHints.safePoint("reached");
            MigrationHints.quiet("night", Duration.ofMinutes(3));
            MigrationHints.busy("day", Duration.ofMinutes(4));
            try (MemoryHint hint = MigrationHints.discardable(scratch)) {
                Thread.sleep(250);
            }
            Thread.sleep(150);
        }
        System.out.println("hinted");
    }
}
