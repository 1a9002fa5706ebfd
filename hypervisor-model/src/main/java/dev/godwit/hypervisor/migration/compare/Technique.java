package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.StorageCopies;
import dev.godwit.hypervisor.migration.cancellable.CancellablePostCopyEngine;
import dev.godwit.hypervisor.migration.hybrid.HybridEngine;
import dev.godwit.hypervisor.migration.partial.PartialMigrationEngine;
import dev.godwit.hypervisor.migration.postcopy.PostCopyEngine;
import dev.godwit.hypervisor.migration.precopy.PreCopyEngine;
import dev.godwit.hypervisor.page.EncoderThroughput;
import dev.godwit.hypervisor.page.PageEncoder;
import dev.godwit.hypervisor.page.ZeroOrRawEncoder;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A way to migrate that can be compared with others. A new one needs an engine and a line in {@link #ALL}. */
public final class Technique {
    private static final Technique PRE_COPY = new Technique(PreCopyEngine.TECHNIQUE, false, PreCopyEngine::new);
    private static final Technique PRE_COPY_HINTS = new Technique(PreCopyEngine.TECHNIQUE, true, PreCopyEngine::new);
    private static final Technique PRE_COPY_AUTO_CONVERGE =
            new Technique(PreCopyEngine.TECHNIQUE + "+auto-converge", false, PreCopyEngine::withAutoConverge);
    private static final Technique PRE_COPY_DELTA = new Technique(
            PreCopyEngine.TECHNIQUE + "+delta", false, PreCopyEngine::new, ComparisonEncoders::deltaWhereverPossible);
    private static final Technique PRE_COPY_HINTS_DELTA = new Technique(
            PreCopyEngine.TECHNIQUE + "+delta", true, PreCopyEngine::new, ComparisonEncoders::byBottleneck);

    private static final Technique POST_COPY = new Technique(PostCopyEngine.TECHNIQUE, false, PostCopyEngine::new);
    private static final Technique POST_COPY_HINTS = new Technique(PostCopyEngine.TECHNIQUE, true, PostCopyEngine::new);
    private static final Technique HYBRID = new Technique(HybridEngine.TECHNIQUE, false, HybridEngine::new);
    private static final Technique HYBRID_HINTS = new Technique(HybridEngine.TECHNIQUE, true, HybridEngine::new);
    private static final Technique CANCELLABLE =
            new Technique(CancellablePostCopyEngine.TECHNIQUE, false, CancellablePostCopyEngine::new);
    private static final Technique CANCELLABLE_HINTS =
            new Technique(CancellablePostCopyEngine.TECHNIQUE, true, CancellablePostCopyEngine::new);

    private static final Technique PARTIAL = new Technique(PartialMigrationEngine.TECHNIQUE, false, Technique::partial);
    private static final Technique PARTIAL_HINTS =
            new Technique(PartialMigrationEngine.TECHNIQUE, true, Technique::partial);

    private static final Technique DBMS_AWARE = new Technique(PreCopyEngine.DBMS_AWARE, false, Technique::dbmsAware);
    private static final Technique DBMS_AWARE_HINTS =
            new Technique(PreCopyEngine.DBMS_AWARE, true, Technique::dbmsAware);

    /** Makes an engine. */
    @FunctionalInterface
    private interface Engines {
        MigrationEngine engine(MigrationSetting setting, TechniqueOptions options, StorageCopies copies);
    }

    /** What the JVM's knowledge is worth: the technique that everybody uses, without and with it. */
    public static final List<Technique> PRE_COPY_WITHOUT_AND_WITH_HINTS = List.of(PRE_COPY, PRE_COPY_HINTS);

    /** All there are, in the order in which they are shown. */
    public static final List<Technique> ALL = List.of(
            PRE_COPY,
            PRE_COPY_HINTS,
            PRE_COPY_AUTO_CONVERGE,
            PRE_COPY_DELTA,
            PRE_COPY_HINTS_DELTA,
            POST_COPY,
            POST_COPY_HINTS,
            HYBRID,
            HYBRID_HINTS,
            CANCELLABLE,
            CANCELLABLE_HINTS,
            PARTIAL,
            PARTIAL_HINTS,
            DBMS_AWARE,
            DBMS_AWARE_HINTS);

    private final String name;
    private final boolean hints;
    private final Engines engines;
    private final BiFunction<RecordedRun, ComparisonOptions, PageEncoder> encoders;

    private static MigrationEngine dbmsAware(MigrationSetting setting, TechniqueOptions options, StorageCopies copies) {
        return PreCopyEngine.withRefetch(setting, copies);
    }

    private static MigrationEngine partial(MigrationSetting setting, TechniqueOptions options, StorageCopies copies) {
        return new PartialMigrationEngine(setting, options.stayNanos());
    }

    private Technique(String name, boolean hints, Function<MigrationSetting, MigrationEngine> engines) {
        this(name, hints, (setting, options, copies) -> engines.apply(setting));
    }

    private Technique(String name, boolean hints, Engines engines) {
        this(
                name,
                hints,
                engines,
                (run, options) -> new ZeroOrRawEncoder(run.facts().pageSizeBytes(), EncoderThroughput.MEASURED));
    }

    private Technique(
            String name,
            boolean hints,
            Function<MigrationSetting, MigrationEngine> engines,
            BiFunction<RecordedRun, ComparisonOptions, PageEncoder> encoders) {
        this(name, hints, (setting, options, copies) -> engines.apply(setting), encoders);
    }

    private Technique(
            String name,
            boolean hints,
            Engines engines,
            BiFunction<RecordedRun, ComparisonOptions, PageEncoder> encoders) {
        this.name = name;
        this.hints = hints;
        this.engines = engines;
        this.encoders = encoders;
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

    /** True if the guest is paused as soon as the migration begins. */
    boolean pausesAtOnce() {
        return name.equals(PostCopyEngine.TECHNIQUE)
                || name.equals(CancellablePostCopyEngine.TECHNIQUE)
                || name.equals(PartialMigrationEngine.TECHNIQUE);
    }

    /** True if the destination reads from shared storage. */
    boolean readsStorage() {
        return name.equals(PreCopyEngine.DBMS_AWARE);
    }

    /** What a user types: hints come behind the first word, as in {@code pre-copy+hints+delta}. */
    public String label() {
        int first = name.indexOf('+');
        if (!hints) {
            return name;
        }
        return first < 0 ? name + "+hints" : name.substring(0, first) + "+hints" + name.substring(first);
    }

    /** A fresh encoder of pages. */
    PageEncoder encoder(RecordedRun run, ComparisonOptions options) {
        return encoders.apply(run, options);
    }

    /** A fresh engine. */
    MigrationEngine engine(MigrationSetting setting, TechniqueOptions options, StorageCopies copies) {
        return engines.engine(setting, options, copies);
    }

    @Override
    public String toString() {
        return label();
    }
}
