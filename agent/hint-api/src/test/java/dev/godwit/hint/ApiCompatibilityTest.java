package dev.godwit.hint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What others than a compiler rely on; that the public API stays as it was, the build holds against a baseline. */
class ApiCompatibilityTest {
    @Test
    void whatTheAgentWeavesIntoIsThere() throws Exception {
        Class<?> hints = MigrationHints.class;
        assertThat(hints.getDeclaredMethod("opened", String.class).getReturnType())
                .isEqualTo(int.class);
        assertThat(CriticalSection.class.getDeclaredMethod("closed", int.class).getReturnType())
                .isEqualTo(void.class);
        assertThat(hints.getDeclaredMethod("announce").getParameterCount()).isZero();
        Set<String> woven =
                Arrays.stream(hints.getDeclaredMethods()).map(Method::getName).collect(Collectors.toSet());
        assertThat(woven).contains("reached", "resting", "working", "declared", "withdrawn", "listening");
    }

    @Test
    void theModuleExportsTheApiAndNeedsNothing() throws Exception {
        try (InputStream in = Files.newInputStream(classes().resolve("module-info.class"))) {
            ModuleDescriptor module = ModuleDescriptor.read(in);
            assertThat(module.name()).isEqualTo("dev.godwit.hint");
            assertThat(module.requires())
                    .extracting(ModuleDescriptor.Requires::name)
                    .containsExactly("java.base");
            assertThat(module.exports())
                    .extracting(ModuleDescriptor.Exports::source)
                    .containsExactly("dev.godwit.hint");
        }
    }

    private static Path classes() throws URISyntaxException {
        return Path.of(MigrationHints.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }
}
