package dev.godwit.linux.guardian;

import java.io.IOException;

/** Takes the memory of a process away up to a phase, and waits there to be killed; run in a JVM of its own. */
public final class MigratingProgram {
    private MigratingProgram() {}

    /** Where it stops. */
    public enum Phase {
        PAUSED,
        DROPPED,
        RESUMED,
        HALFWAY
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Phase phase = Phase.valueOf(arguments[1]);
        PostCopy postCopy = new PostCopy(Long.parseLong(arguments[0]));
        postCopy.open();
        postCopy.pause();
        postCopy.save();
        if (phase != Phase.PAUSED) {
            postCopy.drop(false);
        }
        if (phase == Phase.RESUMED || phase == Phase.HALFWAY) {
            // From here on threads of the process wait for pages that do not come.
            postCopy.stopAnswering();
            postCopy.guardian.resume();
        }
        if (phase == Phase.HALFWAY) {
            postCopy.push(0, 0.5, 64, 0);
        }
        System.out.println("guardian=" + postCopy.guardian.guardianPid() + ";");
        Thread.sleep(120_000);
        postCopy.close();
    }
}
