package dev.godwit.agent.it.programs;

import java.io.File;

/** What the programs share. */
final class Programs {
    private static final long LONGEST_NANOS = 240_000_000_000L;

    private Programs() {}

    static void awaitFile(String name) throws InterruptedException {
        File file = new File(name);
        long until = System.nanoTime() + LONGEST_NANOS;
        while (!file.exists() && System.nanoTime() < until) {
            Thread.sleep(10);
        }
    }

    /** True until the file exists, or too much time has passed since the start. */
    static boolean goesOn(String name, long startNanos) {
        return !new File(name).exists() && System.nanoTime() - startNanos < LONGEST_NANOS;
    }
}
