package dev.godwit.agent.heap;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;

/** Access of this module to the internals of {@code java.base} that reading and steering the heap needs. */
public final class InternalAccess {
    private static final String INTERNAL_MISC = "jdk.internal.misc";

    private InternalAccess() {}

    /**
     * Exports {@code jdk.internal.misc} to the module of this class, which stands for the user flag
     * {@code --add-exports}. Does nothing if it is exported already.
     *
     * @param instrumentation of the agent, null for none
     * @return true if it is exported now
     */
    public static boolean open(Instrumentation instrumentation) {
        Module base = Object.class.getModule();
        Module own = InternalAccess.class.getModule();
        if (!base.isExported(INTERNAL_MISC, own) && instrumentation != null) {
            instrumentation.redefineModule(
                    base, Set.of(), Map.of(INTERNAL_MISC, Set.of(own)), Map.of(), Set.of(), Map.of());
        }
        return base.isExported(INTERNAL_MISC, own);
    }
}
