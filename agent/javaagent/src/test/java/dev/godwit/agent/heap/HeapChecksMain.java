package dev.godwit.agent.heap;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/**
 * Runs the checks one after the other in one JVM, those last whose threads go on allocating. Each prints a line of its own, behind
 * its name; one that fails prints why, and the next goes on.
 */
public final class HeapChecksMain {
    private HeapChecksMain() {}

    private interface Check {
        void run() throws Exception;
    }

    private record Named(Class<?> name, Check check) {}

    public static void main(String[] arguments) {
        String[] none = {};
        List<Named> checks = List.of(
                new Named(RangesMain.class, () -> RangesMain.main(none)),
                new Named(EpochMain.class, () -> EpochMain.main(none)),
                new Named(AgreementMain.class, () -> AgreementMain.main(none)),
                new Named(TornReadMain.class, () -> TornReadMain.main(none)));
        for (Named each : checks) {
            System.out.print(each.name().getSimpleName() + " ");
            try {
                each.check().run();
            } catch (Exception | Error failed) {
                StringWriter trace = new StringWriter();
                failed.printStackTrace(new PrintWriter(trace, true));
                System.out.println(trace.toString().replaceAll("\\s+", " "));
            }
        }
    }
}
