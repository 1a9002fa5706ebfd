package dev.godwit.agent.heap;

import java.util.Random;

/** Daemon threads that allocate until the JVM ends; part of what they allocate survives some collections. */
final class Garbage {
    private static final int KEPT = 4096;

    private Garbage() {}

    /**
     * Starts the threads.
     *
     * @param pauseMillis between two bursts of 256 arrays of 2 KiB on average; negative for none
     */
    static void start(int threads, int pauseMillis) {
        for (int i = 0; i < threads; i++) {
            Random random = new Random(i);
            Thread thread = new Thread(() -> allocate(random, pauseMillis), "garbage-" + i);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void allocate(Random random, int pauseMillis) {
        byte[][] kept = new byte[KEPT][];
        while (true) {
            for (int i = 0; i < 256; i++) {
                kept[random.nextInt(KEPT)] = new byte[random.nextInt(4096)];
            }
            pause(pauseMillis);
        }
    }

    private static void pause(int millis) {
        if (millis >= 0) {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
