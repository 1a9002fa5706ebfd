package dev.godwit.trace;

import java.util.HashMap;
import java.util.Map;
import net.openhft.chronicle.core.Jvm;

/**
 * Keeps Chronicle to itself inside a foreign JVM: no analytics, no thread, no output.
 *
 * <p>Chronicle reads its settings from system properties, most of them once, while its classes load. They are set
 * around each use and put back afterwards, so that the application does not find them, nor another Chronicle in the
 * application obey them.
 */
final class ChronicleSettings {
    private static final Object LOCK = new Object();

    private static final Map<String, String> PROPERTIES = Map.of(
            "chronicle.analytics.disable", "true",
            "chronicle.announcer.disable", "true",
            "chronicle.disk.monitor.disable", "true",
            // Resources are released by the thread that closes them: no thread of Chronicle's own.
            "background.releaser", "false",
            "disable.perf.info", "true",
            // Only errors of SLF4J itself, not that it found no logger.
            "slf4j.internal.verbosity", "ERROR",
            // Chronicle would copy a file of this name from the working directory into the system properties.
            "system.properties", "godwit-no-such-file.properties");

    private ChronicleSettings() {}

    /** An action that may fail. */
    interface Action<T, E extends Exception> {
        T run() throws E;
    }

    /** Runs the action with the settings in place. */
    static <T, E extends Exception> T within(Action<T, E> action) throws E {
        synchronized (LOCK) {
            Map<String, String> before = new HashMap<>();
            PROPERTIES.forEach((name, value) -> before.put(name, System.getProperty(name)));
            PROPERTIES.forEach(System::setProperty);
            try {
                Jvm.init();
                Jvm.setExceptionHandlers(null, null, null, null);
                return action.run();
            } finally {
                before.forEach(ChronicleSettings::restore);
            }
        }
    }

    private static void restore(String name, String value) {
        if (value == null) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, value);
        }
    }
}
