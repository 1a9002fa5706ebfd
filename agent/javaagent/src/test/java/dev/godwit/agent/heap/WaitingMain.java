package dev.godwit.agent.heap;

import java.io.IOException;

/** Says that it runs, then waits for the end of its input. */
public final class WaitingMain {
    private WaitingMain() {}

    public static void main(String[] arguments) throws IOException {
        System.out.println("ready");
        AgreementMain.require(System.in.read() < 0, "there is input");
    }
}
