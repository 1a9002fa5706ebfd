package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.device.InFlightPolicy;
import dev.godwit.hypervisor.memory.Paging;
import dev.godwit.hypervisor.migration.compare.HostOptions;
import dev.godwit.hypervisor.migration.compare.Virtualization;
import java.util.Iterator;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** What {@code compare} is asked about the modelled hosts. */
final class VirtualizationSettings {
    @Option(
            names = "--paging",
            paramLabel = "HOW",
            defaultValue = "nested",
            converter = PagingNames.class,
            completionCandidates = PagingNames.class,
            description = {
                "How the hosts learn which pages the guest writes: ${COMPLETION-CANDIDATES}",
                "(default: ${DEFAULT-VALUE}). Nested: dirty bits, found by scans that the migration pays for.",
                "Shadow: write-protected pages, each first write a fault that the guest pays for."
            })
    private Paging paging;

    @Option(
            names = "--balloon",
            paramLabel = "SIZE",
            converter = Units.Size.class,
            description = {
                "Memory that the guest gives back before it is migrated, of what it has free, such",
                "as 512MiB (default: none). It is not transferred."
            })
    private Long balloonBytes;

    @Option(
            names = "--pcpus",
            paramLabel = "N",
            defaultValue = "2",
            description = {
                "Physical processors of each host (default: ${DEFAULT-VALUE}: one for the guest,",
                "one for the migration). With fewer than there are VMs and migrations, they take",
                "turns."
            })
    private int pcpus;

    @Option(
            names = "--neighbours",
            paramLabel = "N",
            defaultValue = "0",
            description = "Other VMs on each host, of one VCPU that is always busy (default: ${DEFAULT-VALUE}).")
    private int neighbours;

    @Option(
            names = "--in-flight",
            paramLabel = "HOW",
            defaultValue = "drain",
            converter = InFlightNames.class,
            completionCandidates = InFlightNames.class,
            description = {
                "What becomes of requests to the guest's disk that are in flight when it is",
                "paused: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}, as in QEMU)."
            })
    private InFlightPolicy inFlight;

    /** Checks what was given. */
    Virtualization virtualization(CommandLine commandLine) {
        try {
            return Virtualization.DEFAULT
                    .withPaging(paging)
                    .withBalloonBytes(balloonBytes == null ? 0 : balloonBytes)
                    .withHosts(new HostOptions(pcpus, neighbours))
                    .withInFlight(inFlight);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(commandLine, e.getMessage(), e);
        }
    }

    /** Labels of the kinds of paging. */
    static final class PagingNames implements ITypeConverter<Paging>, Iterable<String> {
        @Override
        public Paging convert(String value) {
            return Stream.of(Paging.values())
                    .filter(paging -> paging.label().equals(value.strip()))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "no paging '" + value + "': give " + String.join(" or ", this)));
        }

        @Override
        public Iterator<String> iterator() {
            return Stream.of(Paging.values()).map(Paging::label).iterator();
        }
    }

    /** Labels of what can become of requests in flight. */
    static final class InFlightNames implements ITypeConverter<InFlightPolicy>, Iterable<String> {
        @Override
        public InFlightPolicy convert(String value) {
            return Stream.of(InFlightPolicy.values())
                    .filter(policy -> policy.label().equals(value.strip()))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "no way '" + value + "' for requests in flight: give " + String.join(" or ", this)));
        }

        @Override
        public Iterator<String> iterator() {
            return Stream.of(InFlightPolicy.values()).map(InFlightPolicy::label).iterator();
        }
    }
}
