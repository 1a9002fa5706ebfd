package dev.godwit.hypervisor.cli.rehearse;

import dev.godwit.hypervisor.cli.Units;
import dev.godwit.hypervisor.migration.rehearse.RehearsalOptions;
import dev.godwit.hypervisor.page.Compression;
import java.util.Arrays;
import java.util.Iterator;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How pages are made smaller. */
public final class PageSettings {
    @Option(
            names = "--compress",
            paramLabel = "HOW",
            converter = Names.class,
            completionCandidates = Names.class,
            defaultValue = "none",
            description = {
                "How pages are made smaller: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
                "delta sends the difference to the version sent before; auto tries pages of each",
                "kind of memory and picks what lets most through, by whether processor or link is",
                "the bottleneck."
            })
    private Compression compression;

    @Option(
            names = "--delta-cache",
            paramLabel = "SIZE",
            converter = Units.Size.class,
            defaultValue = "64MiB",
            description = "Room for versions of pages sent before (default: ${DEFAULT-VALUE}, as in QEMU).")
    private long deltaCacheBytes;

    /** The same rehearsal with pages as asked. */
    public RehearsalOptions applyTo(RehearsalOptions options) {
        return options.withCompression(compression, deltaCacheBytes);
    }

    /** Names of what there is. */
    static final class Names implements ITypeConverter<Compression>, Iterable<String> {
        @Override
        public Compression convert(String value) {
            return Compression.named(value.strip())
                    .orElseThrow(() -> new TypeConversionException(
                            "no compression '" + value + "': give " + String.join(", ", this)));
        }

        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Compression.values()).map(Compression::label).iterator();
        }
    }
}
