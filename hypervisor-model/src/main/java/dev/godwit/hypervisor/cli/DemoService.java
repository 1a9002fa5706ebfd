package dev.godwit.hypervisor.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What {@code godwit demo} can record: the programs of {@code demo-apps}, none of them at full load. */
enum DemoService {
    /** A service with customers, not a benchmark: about a tenth of what two processors can do. */
    ORDERS("Order entry on embedded Derby at 300 ops/s"),
    SHOP("A web shop on Jetty and H2 at 400 requests/s"),
    SETTLEMENT("Batches of 1.5 s with quiet gaps of 2.5 s between them");

    private final String description;

    DemoService(String description) {
        this.description = description;
    }

    /** One line of what it does. */
    String description() {
        return description;
    }

    /** As a user writes it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The whole command line behind {@code java}, but for flags of the JVM. */
    List<String> commandLine(int seconds, Path scratch) {
        List<String> line = new ArrayList<>(
                List.of("-jar", Installation.demoJar(label()).toString(), "--seconds", String.valueOf(seconds)));
        line.addAll(
                switch (this) {
                    case ORDERS ->
                        List.of(
                                "--rate",
                                "300",
                                "--directory",
                                scratch.resolve("database").toString());
                    case SHOP -> List.of("--rate", "400");
                    case SETTLEMENT -> List.of();
                });
        return line;
    }

    /** Reads and lists the names. */
    static final class Names implements ITypeConverter<DemoService>, Iterable<String> {
        @Override
        public DemoService convert(String name) {
            return Stream.of(values())
                    .filter(service -> service.label().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "no program '" + name + "': give " + String.join(" or ", this)));
        }

        @Override
        public Iterator<String> iterator() {
            return Stream.of(values()).map(DemoService::label).iterator();
        }
    }
}
