package dev.godwit.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules of the house that hold over all modules, read from the sources. */
class HouseRulesTest {
    private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#)([^)#]+)(?:#[^)]*)?\\)");

    @Test
    void noJavaFileIsLongerThanARoom() {
        assertThat(sources(".java").filter(file -> read(file).lines().count() > 400))
                .isEmpty();
    }

    @Test
    void onlyTheTraceModuleKnowsChronicleQueue() {
        assertThat(mainSourcesContaining("net.openhft", "agent/trace/")).isEmpty();
    }

    @Test
    void onlyTheLinuxAndHeapRoomsReachNativeCode() {
        assertThat(mainSourcesContaining("com.sun.jna", "agent/linux/")
                        .filter(file ->
                                !relative(file).startsWith("agent/javaagent/src/main/java/dev/godwit/agent/heap/")))
                .isEmpty();
    }

    @Test
    void nothingNamesAFolderOfTheMachineItWasWrittenOn() {
        Pattern machinePath = Pattern.compile("(^|[^A-Za-z0-9_.])/(home|root|work)/");
        assertThat(sources(".java", ".md", ".xml", "run", "godwit")
                        .filter(file -> !file.endsWith("HouseRulesTest.java"))
                        .filter(file -> machinePath.matcher(read(file)).find()))
                .isEmpty();
    }

    @Test
    void everyLinkInTheDocumentationLeadsSomewhere() {
        List<String> broken = sources(".md")
                .flatMap(file -> LINK.matcher(read(file))
                        .results()
                        .map(link -> link.group(1))
                        .filter(target -> !Files.exists(file.resolveSibling(target)))
                        .map(target -> relative(file) + " -> " + target))
                .toList();
        assertThat(broken).isEmpty();
    }

    private static Stream<Path> mainSourcesContaining(String text, String exceptUnder) {
        return sources(".java")
                .filter(file -> relative(file).contains("src/main/"))
                .filter(file -> !relative(file).startsWith(exceptUnder))
                .filter(file -> read(file).contains(text));
    }

    private static Stream<Path> sources(String... endings) {
        Predicate<Path> wanted = file -> Stream.of(endings)
                .anyMatch(ending -> file.getFileName().toString().endsWith(ending));
        try (Stream<Path> files = Files.walk(TOP)) {
            return files
                    .filter(file -> !relative(file).matches("(.*/)?(target|\\.git|godwit-traces)/.*"))
                    .filter(Files::isRegularFile)
                    .filter(wanted)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String relative(Path file) {
        return TOP.relativize(file).toString();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
