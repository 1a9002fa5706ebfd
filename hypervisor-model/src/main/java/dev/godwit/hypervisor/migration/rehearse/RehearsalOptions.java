package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.hint.PausePolicy;
import dev.godwit.hypervisor.page.Compression;
import dev.godwit.hypervisor.page.ModelledEncoder;
import dev.godwit.hypervisor.transport.TcpOptions;
import java.net.InetSocketAddress;

/**
 * How to rehearse.
 *
 * @param pid process whose memory is migrated
 * @param name of it, for messages
 * @param destination where the other host listens
 * @param link bandwidth, latency, and how to connect
 * @param technique how
 * @param hints true if the hypervisor is told what the JVM is doing
 * @param downtimeLimitNanos longest pause that is accepted
 * @param maxRounds after which a migration that does not converge is given up
 * @param poison true to overwrite what was dropped with a pattern instead of zeros
 * @param compression how pages are made smaller
 * @param deltaCacheBytes room for versions of pages sent before
 * @param pause when the migration begins and the program is paused, if an agent can tell what it is doing
 */
public record RehearsalOptions(
        long pid,
        String name,
        InetSocketAddress destination,
        TcpOptions link,
        RehearsedTechnique technique,
        boolean hints,
        long downtimeLimitNanos,
        int maxRounds,
        boolean poison,
        Compression compression,
        long deltaCacheBytes,
        PausePolicy pause) {

    /** By pre-copy; pages go as they are, and nothing is waited for. */
    public RehearsalOptions(
            long pid,
            String name,
            InetSocketAddress destination,
            TcpOptions link,
            boolean hints,
            long downtimeLimitNanos,
            int maxRounds,
            boolean poison) {
        this(
                pid,
                name,
                destination,
                link,
                RehearsedTechnique.PRE_COPY,
                hints,
                downtimeLimitNanos,
                maxRounds,
                poison,
                Compression.NONE,
                ModelledEncoder.DEFAULT_CACHE_BYTES,
                PausePolicy.AT_ONCE);
    }

    /** The same by another technique. */
    public RehearsalOptions withTechnique(RehearsedTechnique value) {
        return new RehearsalOptions(
                pid,
                name,
                destination,
                link,
                value,
                hints,
                downtimeLimitNanos,
                maxRounds,
                poison,
                compression,
                deltaCacheBytes,
                pause);
    }

    /** The same with pages made smaller. */
    public RehearsalOptions withCompression(Compression value, long cacheBytes) {
        return new RehearsalOptions(
                pid,
                name,
                destination,
                link,
                technique,
                hints,
                downtimeLimitNanos,
                maxRounds,
                poison,
                value,
                cacheBytes,
                pause);
    }

    /** The same, begun and paused at a good moment. */
    public RehearsalOptions withPause(PausePolicy value) {
        return new RehearsalOptions(
                pid,
                name,
                destination,
                link,
                technique,
                hints,
                downtimeLimitNanos,
                maxRounds,
                poison,
                compression,
                deltaCacheBytes,
                value);
    }
}
