package dev.godwit.hypervisor.advise;

import static dev.godwit.hypervisor.migration.rehearse.RehearsedTechnique.CANCELLABLE_POST_COPY;
import static dev.godwit.hypervisor.migration.rehearse.RehearsedTechnique.HYBRID;
import static dev.godwit.hypervisor.migration.rehearse.RehearsedTechnique.POST_COPY;
import static dev.godwit.hypervisor.migration.rehearse.RehearsedTechnique.PRE_COPY;

import dev.godwit.hypervisor.migration.cancellable.CancellablePostCopyEngine;
import dev.godwit.hypervisor.migration.hybrid.HybridEngine;
import dev.godwit.hypervisor.migration.partial.PartialMigrationEngine;
import dev.godwit.hypervisor.migration.postcopy.PostCopyEngine;
import dev.godwit.hypervisor.migration.precopy.PreCopyEngine;
import dev.godwit.hypervisor.migration.rehearse.RehearsedTechnique;
import java.util.List;

/**
 * Which techniques that can be rehearsed are most like one, itself first if it is among them.
 *
 * <p>Pre-copy that compresses pages or slows the VM, and the one that has pages read from storage, send in rounds while the VM runs
 * at home, as pre-copy does. Partial migration brings pages by demand, as post-copy does. Both kinds of post-copy differ in what
 * comes back only. Hybrid sends one round and brings the rest by demand: it stands between, nearer to post-copy, for what it
 * takes is decided by how pages are brought to a VM that runs ahead of them.
 */
final class RelatedTechniques {
    private RelatedTechniques() {}

    /**
     * All that can be rehearsed, the most like it first.
     *
     * @param technique its name, hints left out, such as {@code pre-copy+delta}
     * @throws IllegalArgumentException if there is no such technique
     */
    static List<RehearsedTechnique> of(String technique) {
        int plus = technique.indexOf('+');
        return switch (plus < 0 ? technique : technique.substring(0, plus)) {
            case PreCopyEngine.TECHNIQUE, PreCopyEngine.DBMS_AWARE ->
                List.of(PRE_COPY, HYBRID, POST_COPY, CANCELLABLE_POST_COPY);
            case PostCopyEngine.TECHNIQUE, PartialMigrationEngine.TECHNIQUE ->
                List.of(POST_COPY, CANCELLABLE_POST_COPY, HYBRID, PRE_COPY);
            case CancellablePostCopyEngine.TECHNIQUE -> List.of(CANCELLABLE_POST_COPY, POST_COPY, HYBRID, PRE_COPY);
            case HybridEngine.TECHNIQUE -> List.of(HYBRID, POST_COPY, CANCELLABLE_POST_COPY, PRE_COPY);
            default -> throw new IllegalArgumentException("there is no technique " + technique);
        };
    }
}
