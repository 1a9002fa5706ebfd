package dev.godwit.agent.heap;

import java.lang.instrument.Instrumentation;

/** An agent that only hands its {@link Instrumentation} to the program of the forked JVM. */
public final class TestAgent {
    private static Instrumentation instrumentation;

    private TestAgent() {}

    public static void premain(String arguments, Instrumentation instrumentation) {
        TestAgent.instrumentation = instrumentation;
    }

    static Instrumentation instrumentation() {
        return instrumentation;
    }
}
