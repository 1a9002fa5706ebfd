package dev.godwit.agent.it.programs;

import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Set;

/**
 * Uses libraries that the agent recognises, without a hint of its own, and checks what the agent sees of it. Argument: a
 * list of what is switched off, separated by commas.
 */
public final class UsingLibraries {
    private UsingLibraries() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) {
        try {
            check(arguments);
            System.out.println("all as expected");
            System.exit(0);
        } catch (Throwable e) {
            e.printStackTrace();
            System.exit(1); // Threads of servers would else keep the program alive.
        }
    }

    @SuppressWarnings("SystemOut")
    private static void check(String[] arguments) throws Exception {
        Set<String> off = arguments.length == 0 ? Set.of() : Set.of(arguments[0].split(",", -1));
        try (Connection early = DriverManager.getConnection("jdbc:h2:mem:early")) {
            // A connection that was set up before anybody looked, if the agent comes late.
            early.setAutoCommit(false);
            System.out.println("ready");
            Bridge.await(
                    "the agent",
                    () -> System.getProperty("godwit.agent.status", "").equals("idle"));
            new ExecutorChecks(off.contains("executor")).run();
            new DatabaseChecks(off.contains("jdbc")).run(early);
        }
        new ServerChecks(off.contains("servlet"), off.contains("http-server")).run();
    }
}
