package dev.godwit.linux;

/** Pauses a process and waits to be killed; run in a JVM of its own. */
public final class PausingProgram {
    private PausingProgram() {}

    public static void main(String[] arguments) throws InterruptedException {
        ProcessPause pause =
                ProcessPause.of(Long.parseLong(arguments[0]), ProcessPause.Mechanism.valueOf(arguments[1]));
        pause.pause(20_000_000_000L);
        System.out.println("paused");
        Thread.sleep(120_000);
        pause.close();
    }
}
