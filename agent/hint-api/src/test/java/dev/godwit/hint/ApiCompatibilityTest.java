package dev.godwit.hint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What applications compile against stays as it was. {@code api.txt} is the baseline, a line for each public class and member: what
 * is in it must be there. What is new must be added to it, and is then held too.
 */
class ApiCompatibilityTest {
    private static final String BASELINE = "api.txt";

    @Test
    void nothingThatApplicationsUseIsTakenAwayOrAddedUnseen() throws Exception {
        assertThat(api())
                .as("public API of the hint API, compared with " + BASELINE)
                .isEqualTo(baseline());
    }

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

    private static Set<String> baseline() throws IOException {
        try (InputStream in = ApiCompatibilityTest.class.getResourceAsStream(BASELINE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<String> api() throws Exception {
        Set<String> lines = new TreeSet<>();
        try (Stream<Path> files = Files.list(classes().resolve("dev/godwit/hint"))) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("package-info"))
                    .sorted()
                    .toList();
            for (String name : names) {
                addClass(Class.forName("dev.godwit.hint." + name.replace(".class", "")), lines);
            }
        }
        return lines;
    }

    private static void addClass(Class<?> type, Set<String> lines) {
        if (!isPublic(type.getModifiers()) || type.isAnonymousClass()) {
            return;
        }
        String parents = Stream.concat(Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()))
                .map(Class::getName)
                .collect(Collectors.joining(", "));
        lines.add(type.toGenericString() + " : " + parents);
        for (Method method : type.getDeclaredMethods()) {
            if (isPublic(method.getModifiers()) && !method.isSynthetic()) {
                lines.add(method.toGenericString() + (method.getDefaultValue() == null ? "" : " default"));
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isPublic(constructor.getModifiers())) {
                lines.add(constructor.toGenericString());
            }
        }
        Arrays.stream(type.getDeclaredFields())
                .filter(field -> isPublic(field.getModifiers()))
                .forEach(field -> lines.add(field.toGenericString()));
    }

    private static boolean isPublic(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }
}
