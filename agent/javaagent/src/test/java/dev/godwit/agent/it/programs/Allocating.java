package dev.godwit.agent.it.programs;

import java.io.File;
import java.util.HashMap;
import java.util.Map;

/** Allocates for a while, prints to both streams, and ends with a code of its own. */
public final class Allocating {
    private Allocating() {}

    /**
     * Arguments: milliseconds to run, or a file whose existence ends it; exit code, a negative one returns from main
     * instead.
     */
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws InterruptedException {
        System.out.println("begin \u00e9 in " + System.getProperty("file.encoding"));
        System.err.println("loader "
                + Thread.currentThread().getContextClassLoader().getClass().getSimpleName());
        System.out.println("threads of the group " + Thread.activeCount());
        boolean byFile = arguments[0].startsWith("/");
        File stop = new File(arguments[0]);
        long until = System.nanoTime() + (byFile ? 240_000 : Long.parseLong(arguments[0])) * 1_000_000;
        Map<Integer, byte[]> kept = new HashMap<>();
        long sum = 0;
        boolean stopped = false;
        for (int i = 0; System.nanoTime() < until && !stopped; i++) {
            kept.put(i % 5_000, new byte[1_000]);
            sum += kept.size();
            if (i % 1_000 == 0) {
                Thread.sleep(1);
                stopped = byFile && stop.exists();
            }
        }
        System.out.println("end " + (sum > 0));
        System.err.println("errors end");
        if (Integer.parseInt(arguments[1]) >= 0) {
            System.exit(Integer.parseInt(arguments[1]));
        }
    }
}
