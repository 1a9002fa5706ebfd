package dev.godwit.hypervisor.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** A program to record: allocates, keeps some, for as many seconds as its argument says. */
public final class BusyProgram {
    private BusyProgram() {}

    public static void main(String[] arguments) throws InterruptedException {
        System.out.println("busy");
        Deque<byte[]> kept = new ArrayDeque<>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[0]));
        while (System.nanoTime() - end < 0) {
            kept.add(new byte[50_000]);
            if (kept.size() > 500) {
                kept.removeFirst();
            }
            Thread.sleep(1);
        }
        System.out.println("busy no more");
    }
}
