package dev.godwit.agent.it.programs;

import java.io.IOException;

/** Says that it is ready, then waits for the end of its input. */
public final class Waiting {
    private Waiting() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws IOException {
        System.out.println("ready");
        int read = System.in.read();
        System.out.println("bye " + read);
    }
}
