package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.migration.cancellable.CancellablePostCopyEngine;
import dev.godwit.hypervisor.migration.hybrid.HybridEngine;
import dev.godwit.hypervisor.migration.postcopy.PostCopyEngine;
import dev.godwit.hypervisor.migration.precopy.PreCopyEngine;
import java.util.Optional;
import java.util.stream.Stream;

/** How a running JVM can be migrated for real. */
public enum RehearsedTechnique {
    PRE_COPY(PreCopyEngine.TECHNIQUE),
    POST_COPY(PostCopyEngine.TECHNIQUE),
    HYBRID(HybridEngine.TECHNIQUE),
    CANCELLABLE_POST_COPY(CancellablePostCopyEngine.TECHNIQUE);

    private final String label;

    RehearsedTechnique(String label) {
        this.label = label;
    }

    /** Name in reports, and on the command line. */
    public String label() {
        return label;
    }

    /** The one of a name; empty if there is none. */
    public static Optional<RehearsedTechnique> named(String label) {
        return Stream.of(values())
                .filter(technique -> technique.label.equals(label))
                .findFirst();
    }

    /** True if the program runs on before its memory is there. */
    public boolean runsAhead() {
        return this != PRE_COPY;
    }

    /** True if it can be cancelled while the program runs ahead of its memory. */
    public boolean comesBack() {
        return this == CANCELLABLE_POST_COPY;
    }
}
