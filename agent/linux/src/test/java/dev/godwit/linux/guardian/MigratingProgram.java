package dev.godwit.linux.guardian;

import dev.godwit.linux.ProcessPause;
import java.io.IOException;

/** Takes the memory of a process away up to a phase, and waits there to be killed; run in a JVM of its own. */
public final class MigratingProgram {
    private MigratingProgram() {}

    /** Where it stops. */
    public enum Phase {
        FROZEN,
        PAUSED,
        DROPPED,
        RESUMED,
        HALFWAY
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Phase phase = Phase.valueOf(arguments[1]);
        long pid = Long.parseLong(arguments[0]);
        PostCopy postCopy = new PostCopy(pid);
        if (phase == Phase.FROZEN) {
            ProcessPause.of(pid, ProcessPause.Mechanism.FREEZER).pause(20_000_000_000L);
        } else {
            migrate(postCopy, phase);
        }
        System.out.println("guardian=" + postCopy.guardian.guardianPid() + ";");
        Thread.sleep(120_000);
        postCopy.close();
    }

    private static void migrate(PostCopy postCopy, Phase phase) throws IOException, InterruptedException {
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
    }
}
