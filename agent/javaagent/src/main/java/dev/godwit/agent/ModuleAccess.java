package dev.godwit.agent;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Opens to the agent's own module, and to no other, what it needs of {@code java.base}, so that the user need not add
 * {@code --add-opens} flags.
 */
final class ModuleAccess {
    /** For JNA-free access to memory, for defining the bridge in the boot loader, and for {@link SystemModules}. */
    private static final Set<String> EXPORTED = Set.of("jdk.internal.misc", "jdk.internal.module");

    /** {@code java.lang}: see {@link #silence}; the rest is what Chronicle Queue needs to map its files. */
    private static final Set<String> OPENED =
            Set.of("java.lang", "java.lang.reflect", "java.nio", "sun.nio.ch", "jdk.internal.ref", "jdk.internal.misc");

    private ModuleAccess() {}

    static void open(Instrumentation instrumentation) {
        Module base = Object.class.getModule();
        Set<Module> own = Set.of(ModuleAccess.class.getModule());
        instrumentation.redefineModule(
                base, Set.of(), towards(own, EXPORTED, base), towards(own, OPENED, base), Set.of(), Map.of());
    }

    private static Map<String, Set<Module>> towards(Set<Module> own, Set<String> packages, Module base) {
        Map<String, Set<Module>> map = new HashMap<>();
        for (String name : packages) {
            if (base.getPackages().contains(name)) {
                map.put(name, own);
            }
        }
        return map;
    }

    /**
     * Keeps JDK 24 and later from printing warnings about the agent's libraries: one for loading a native library, one
     * for memory access by {@code sun.misc.Unsafe}. The JDK offers no way to do so for one module without a name, so
     * it also hides those that the application itself would cause; hence only once a recording begins.
     */
    static void silence() {
        call(Module.class, "implAddEnableNativeAccessToAllUnnamed");
        try {
            call(Class.forName("sun.misc.Unsafe"), "trySetMemoryAccessWarned");
        } catch (ClassNotFoundException e) {
            // No module jdk.unsupported: then nothing can warn about it either.
        }
    }

    private static void call(Class<?> type, String name) {
        try {
            Method method = type.getDeclaredMethod(name);
            method.setAccessible(true);
            method.invoke(null);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // An older JDK, which has neither the method nor the warning; at worst a line is printed.
        }
    }
}
