package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.page.Compression;
import dev.godwit.trace.HeapLayout;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How pages are made smaller, and which kinds of memory they are.
 *
 * @param squeezer makes them smaller; whoever has this closes it
 * @param kinds by which it chooses
 */
record Squeezing(PageSqueezer squeezer, PageKinds kinds) {
    /**
     * As the options say; empty if pages go as they are.
     *
     * @param layout of the heap that was read last
     */
    static Optional<Squeezing> of(
            RehearsalOptions options, ProcessPages pages, int pageBytes, Supplier<Optional<HeapLayout>> layout) {
        if (options.compression() == Compression.NONE) {
            return Optional.empty();
        }
        PageSqueezer squeezer = new PageSqueezer(
                options.compression(), options.deltaCacheBytes(), options.link().bandwidthBytesPerSecond(), pageBytes);
        return Optional.of(new Squeezing(squeezer, new PageKinds(pages, layout)));
    }
}
