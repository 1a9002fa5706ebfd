package dev.godwit.hypervisor.migration.rehearse;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/**
 * A rehearsal lets the program go rather than have it stand for a host that says nothing. On a machine that is very busy the
 * host of a test, or the agent, may get no processor for so long: that is no mistake, and is tried again. Nothing else is.
 */
public final class PatientRehearsal {
    private static final int TIMES = 5;
    private static final List<String> LET_GO =
            List.of("said nothing for 800 ms", "the agent did not connect", "the agent did not answer in time");

    private PatientRehearsal() {}

    /**
     * One rehearsal.
     *
     * @param <R> what comes of it
     */
    public interface Attempt<R> {
        R make() throws IOException;
    }

    static RehearsalResult run(Attempt<RehearsalResult> rehearsal) throws IOException {
        return run(rehearsal, result -> result.migration().reason());
    }

    /**
     * What came of the last attempt.
     *
     * @param said the reason or the output of a rehearsal
     */
    public static <R> R run(Attempt<R> rehearsal, Function<R, String> said) throws IOException {
        R result = rehearsal.make();
        for (int i = 1; i < TIMES && wasLetGo(said.apply(result)); i++) {
            result = rehearsal.make();
        }
        return result;
    }

    /** True of the reason or the output of a rehearsal that let the program go, or did not come so far as to stop it. */
    public static boolean wasLetGo(String text) {
        return LET_GO.stream().anyMatch(text::contains);
    }
}
