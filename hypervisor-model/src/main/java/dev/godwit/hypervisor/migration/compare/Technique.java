package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.precopy.PreCopyEngine;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A way to migrate that can be compared with others. A new one needs an engine and a line in {@link #ALL}. */
public final class Technique {
    private static final Technique PRE_COPY = new Technique(PreCopyEngine.TECHNIQUE, false, PreCopyEngine::new);
    private static final Technique PRE_COPY_HINTS = new Technique(PreCopyEngine.TECHNIQUE, true, PreCopyEngine::new);

    /** What is compared if nobody says otherwise. */
    public static final List<Technique> DEFAULTS = List.of(PRE_COPY, PRE_COPY_HINTS);

    /** All there are, in the order in which they are shown. */
    public static final List<Technique> ALL = List.of(PRE_COPY, PRE_COPY_HINTS);

    private final String name;
    private final boolean hints;
    private final Function<MigrationSetting, MigrationEngine> engines;

    private Technique(String name, boolean hints, Function<MigrationSetting, MigrationEngine> engines) {
        this.name = name;
        this.hints = hints;
        this.engines = engines;
    }

    /** The technique with a label, such as {@code pre-copy+hints}; empty if there is none. */
    public static Optional<Technique> named(String label) {
        return ALL.stream().filter(technique -> technique.label().equals(label)).findFirst();
    }

    /** Name in results, hints left out. */
    public String name() {
        return name;
    }

    /** True if the hypervisor is told what the JVM is doing. */
    public boolean hints() {
        return hints;
    }

    /** What a user types. */
    public String label() {
        return hints ? name + "+hints" : name;
    }

    /** A fresh engine. */
    MigrationEngine engine(MigrationSetting setting) {
        return engines.apply(setting);
    }

    @Override
    public String toString() {
        return label();
    }
}
