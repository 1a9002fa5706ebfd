package dev.godwit.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Brings JNA up without a trace: no file left behind, no child process, no system property changed.
 *
 * <p>Left to itself, JNA unpacks its library below {@code ~/.cache/JNA}, runs {@code ldconfig} to learn where libraries
 * lie, and keeps what it found in system properties, where the application's own JNA would see it.
 */
public final class NativeAccess {
    /** Read or written by JNA when its classes initialise. */
    private static final String[] PROPERTIES = {
        "jna.boot.library.path",
        "jna.boot.library.name",
        "jna.nosys",
        "jna.noclasspath",
        "jna.nounpack",
        "jna.platform.library.path",
        "jna.prefix",
        "jna.protected",
        "jna.loaded",
        "jnidispatch.path"
    };

    private static boolean ready;

    private NativeAccess() {}

    /**
     * Initialises JNA in the class loader of this class; must be called before anything else there uses JNA. Does
     * nothing when it was called before. While it runs, some milliseconds, system properties of JNA are changed.
     *
     * @throws NativeAccessException if this is not Linux, or the native part of JNA cannot be loaded
     */
    public static synchronized void initialise() {
        if (ready) {
            return;
        }
        if (!System.getProperty("os.name", "").equals("Linux")) {
            throw new NativeAccessException("page tracking needs Linux, this is " + System.getProperty("os.name"));
        }
        Map<String, String> before = takeProperties();
        try {
            load();
            ready = true;
        } catch (IOException | LinkageError failure) {
            throw new NativeAccessException("cannot load the native part of JNA", failure);
        } finally {
            restoreProperties(before);
        }
    }

    private static void load() throws IOException {
        // Platform does not touch the native part; Native and NativeLibrary do, in their static initialisers.
        String fileName = System.mapLibraryName("jnidispatch");
        String resource = "com/sun/jna/" + Platform.RESOURCE_PREFIX + "/" + fileName;
        try (PrivateLibrary library = PrivateLibrary.unpack(NativeAccess.class, resource, fileName)) {
            System.setProperty("jna.boot.library.path", library.directory().toString());
            System.setProperty("jna.nounpack", "true");
            System.setProperty("jna.noclasspath", "true");
            // A value, any value, keeps NativeLibrary from running ldconfig.
            System.setProperty("jna.platform.library.path", "");
            if (Native.POINTER_SIZE != Long.BYTES) {
                throw new NativeAccessException("a 64-bit JVM is needed, this one has pointers of "
                        + Native.POINTER_SIZE + " bytes: use a 64-bit JDK");
            }
            NativeLibrary.getProcess();
        }
    }

    private static Map<String, String> takeProperties() {
        Map<String, String> taken = new HashMap<>();
        for (String name : PROPERTIES) {
            taken.put(name, System.getProperty(name));
            System.clearProperty(name);
        }
        return taken;
    }

    private static void restoreProperties(Map<String, String> before) {
        before.forEach((name, value) -> {
            if (value == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
    }
}
