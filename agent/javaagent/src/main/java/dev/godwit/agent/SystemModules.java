package dev.godwit.agent;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.function.Consumer;

/**
 * Modules of the JDK that the agent needs and the application may do without. A program that is started with {@code -m} has
 * those only that its own modules require; what else there is in the runtime image can be added while it runs, as the JVM does
 * for its own agents.
 */
final class SystemModules {
    /**
     * Of the libraries inside the agent: {@code sun.misc.Unsafe} and what else Chronicle Queue refers to, which writes the trace;
     * loggers for JNA, which asks Linux.
     */
    private static final List<String> NEEDED =
            List.of("jdk.unsupported", "java.management", "java.naming", "java.logging");

    /** Tells of collections, and of what was allocated. */
    private static final String WANTED = "jdk.management";

    private SystemModules() {}

    /**
     * Adds what the agent can do without, at a price. Needs {@link ModuleAccess#open} first.
     *
     * @param say is told what the runtime image lacks, and what that costs
     */
    static void addWanted(Consumer<String> say) {
        if (!isAdded(WANTED)) {
            say.accept("this runtime image has no module " + WANTED + ": collections are not recorded");
        }
    }

    /**
     * Adds what there is no recording without. Needs {@link ModuleAccess#open} first.
     *
     * @throws IOException if the runtime image does not have it; one line that says what to do
     */
    static void addNeeded() throws IOException {
        List<String> missing = NEEDED.stream().filter(name -> !isAdded(name)).toList();
        if (!missing.isEmpty()) {
            throw new IOException("this runtime image has no module " + String.join(" and no ", missing)
                    + ", without which nothing can be recorded; run the program with a JDK, or add it to the image:"
                    + " jlink --add-modules " + String.join(",", missing));
        }
    }

    /** True if it is there now. */
    private static boolean isAdded(String name) {
        if (ModuleLayer.boot().findModule(name).isPresent()) {
            return true;
        }
        try {
            // Defines it for the loader that the JDK has it in, in a layer of its own on top of those that are there.
            Object added = Class.forName("jdk.internal.module.Modules")
                    .getMethod("loadModule", String.class)
                    .invoke(null, name);
            letLoadLibraries(added);
            return true;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return false; // The image does not have it, or this JDK does not let itself be extended so.
        }
    }

    /** As the modules of the JDK may that were there from the start; else JDK 24 and later print a warning. */
    private static void letLoadLibraries(Object module) {
        try {
            Method method = Module.class.getDeclaredMethod("implAddEnableNativeAccess");
            method.setAccessible(true);
            method.invoke(module);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // An older JDK, which does not warn; at worst a line is printed.
        }
    }
}
