package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.guest.RecordedRun;
import dev.godwit.hypervisor.page.ContentModel;
import dev.godwit.hypervisor.page.EncoderPolicy;
import dev.godwit.hypervisor.page.EncoderThroughput;
import dev.godwit.hypervisor.page.ModelledEncoder;
import dev.godwit.hypervisor.page.PageEncoder;
import dev.godwit.hypervisor.sim.RandomStreams;

/**
 * Encoders for the pages of a recorded run.
 *
 * <p>A hypervisor that is told nothing cannot tell one kind of memory from another: it does as QEMU's XBZRLE does. One that
 * is told picks for each kind what the link and the processor let through fastest.
 */
final class ComparisonEncoders {
    private ComparisonEncoders() {}

    static PageEncoder deltaWhereverPossible(RecordedRun run, ComparisonOptions options) {
        return encoder(run, options, EncoderPolicy.deltaWhereverPossible());
    }

    static PageEncoder byBottleneck(RecordedRun run, ComparisonOptions options) {
        return encoder(
                run,
                options,
                EncoderPolicy.byBottleneck(
                        EncoderThroughput.MEASURED,
                        options.bandwidthBytesPerSecond(),
                        run.facts().pageSizeBytes()));
    }

    private static PageEncoder encoder(RecordedRun run, ComparisonOptions options, EncoderPolicy policy) {
        int pageBytes = run.facts().pageSizeBytes();
        return new ModelledEncoder(new ModelledEncoder.Setting(
                new ContentModel(run.contents(), pageBytes),
                policy,
                EncoderThroughput.MEASURED,
                options.bandwidthBytesPerSecond(),
                pageBytes,
                options.techniques().deltaCacheBytes(),
                new RandomStreams(options.seed()).stream("sizes of encoded pages")));
    }
}
