package dev.godwit.hypervisor.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * A program to record: allocates, keeps some, for as many seconds as its argument says. Other than a number, that is how the
 * status of the agent inside begins when it is to end: however long that takes on a busy machine.
 */
public final class BusyProgram {
    private static final long LONGEST_SECONDS = 110;
    private static final long LONGER_MILLIS = 1_000;

    private BusyProgram() {}

    public static void main(String[] arguments) throws InterruptedException {
        System.out.println("busy");
        Deque<byte[]> kept = new ArrayDeque<>();
        boolean waits = !arguments[0].matches("\\d+");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(waits ? LONGEST_SECONDS : Long.parseLong(arguments[0]));
        while (System.nanoTime() - end < 0) {
            kept.add(new byte[50_000]);
            if (kept.size() > 500) {
                kept.removeFirst();
            }
            Thread.sleep(1);
            if (waits && System.getProperty("godwit.agent.status", "").startsWith(arguments[0])) {
                waits = false;
                end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGER_MILLIS);
            }
        }
        System.out.println("busy no more");
    }
}
