package dev.godwit.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What is in the jar that users load, and what is not. */
class AgentJarIT {

    @Test
    void theApplicationCanSeeTheEntryPointsOnly() throws IOException {
        assertThat(entries().stream().filter(name -> name.endsWith(".class")))
                .allMatch(name -> name.startsWith("dev/godwit/agent/start/"))
                .contains("dev/godwit/agent/start/GodwitAgent.class");
        assertThat(entries())
                .allMatch(name -> name.startsWith("isolated/")
                        || name.startsWith("dev/godwit/agent/start/")
                        || name.startsWith("META-INF/"));
    }

    @Test
    void nothingInItCallsHome() throws IOException {
        assertThat(entries()).noneMatch(name -> name.contains("openhft/chronicle/analytics"));
    }

    @Test
    void theBridgeIsForTheBootLoaderOnly() throws IOException {
        assertThat(entries())
                .contains("isolated/bootstrap/dev/godwit/bootstrap/HintBridge.classdata")
                .noneMatch(name -> name.startsWith("isolated/dev/godwit/bootstrap/"))
                .noneMatch(name -> name.startsWith("isolated/dev/godwit/hint/"));
    }

    @Test
    void theLibrariesThatItRecognisesAreNotInIt() throws IOException {
        assertThat(entries())
                .noneMatch(name -> name.matches("isolated/(javax|jakarta|org/(h2|apache|eclipse)|com/zaxxer)/.*"));
    }

    @Test
    void nativeLibrariesAreThoseOfLinuxOn64BitMachines() throws IOException {
        List<String> natives = entries().stream()
                .filter(name -> name.matches(".*\\.(so|dll|dylib|jnilib|a)"))
                .toList();
        assertThat(natives)
                .hasSize(4)
                .allMatch(
                        name -> name.matches("isolated/(com/sun/jna/linux-|linux/)(x86-64|amd64|aarch64)/lib.*\\.so"));
    }

    private static List<String> entries() throws IOException {
        try (JarFile jar = new JarFile(Application.agentJar().toFile())) {
            return jar.stream().map(ZipEntry::getName).toList();
        }
    }
}
