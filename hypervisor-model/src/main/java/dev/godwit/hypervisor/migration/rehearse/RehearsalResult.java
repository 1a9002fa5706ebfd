package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.InsideAgent;
import dev.godwit.hypervisor.migration.Migration;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.stream.PageCounts;
import dev.godwit.hypervisor.stream.WireEncoding;
import java.util.List;
import java.util.Optional;

/**
 * How a rehearsal ended; everything in it was measured.
 *
 * @param asked how it was to be done
 * @param migration as of any migration; its downtime is the hypervisor's, from the pause until the guest would run at the
 *     destination
 * @param pages that went over, by encoding
 * @param wireBytes that were given to the connection, records and hashes included
 * @param comparedPages pages whose hashes were compared, source and destination
 * @param comparingNanos how long the program stood still for that, behind the downtime; a migration has no such thing
 * @param stoodNanos how long the program stood still in all
 * @param overwrittenPages dropped pages that were overwritten in the program before it went on
 * @param programRuns false if the program had ended by itself when it was to go on
 * @param otherThreadsNanos processor time during the migration of this process's threads that do not migrate, such as its JIT
 *     compilers; to the kernel's tick of 10 ms
 * @param stalls that were felt inside the program from before the migration until after it; empty without an agent in it
 * @param declared pages that the application's words about its buffers spared the link
 * @param ahead what it was like while its memory followed; empty if it did not run ahead of it
 */
public record RehearsalResult(
        RehearsalOptions asked,
        MigrationResult migration,
        PageCounts pages,
        long wireBytes,
        long comparedPages,
        long comparingNanos,
        long stoodNanos,
        long overwrittenPages,
        boolean programRuns,
        long otherThreadsNanos,
        Optional<InsideAgent.Stalls> stalls,
        DeclaredPages declared,
        Optional<AheadResult> ahead) {

    /** What any migration has to tell, of one that was rehearsed. */
    static MigrationResult migrated(
            RehearsalOptions asked,
            Migration migration,
            MigrationStatistics statistics,
            long populatedPages,
            int pageBytes,
            MigrationResult.Verification verification) {
        return new MigrationResult(
                asked.technique().label(),
                asked.hints(),
                migration.status(),
                migration.reason(),
                populatedPages * pageBytes,
                pageBytes,
                asked.link().bandwidthBytesPerSecond(),
                statistics,
                migration.transitions(),
                verification);
    }

    /** Bytes of the pages that were not zeros and went over, by the bytes that stood for them; 1 if there were none. */
    public double compressionRatio() {
        long carried = 0;
        for (WireEncoding encoding :
                List.of(WireEncoding.RAW, WireEncoding.DELTA, WireEncoding.LZ4, WireEncoding.ZSTD)) {
            carried += pages.pages(encoding);
        }
        return pages.dataBytes() == 0 ? 1 : (double) carried * migration.pageSizeBytes() / pages.dataBytes();
    }
}
