package dev.godwit.agent;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.security.ProtectionDomain;

/**
 * Defines the bridge in the boot loader. Not by {@code Instrumentation.appendToBootstrapClassLoaderSearch}: that makes
 * the JVM print a warning when class data sharing is on, and needs a jar on disk.
 */
final class BootstrapClasses {
    /** In the order in which they need each other. */
    private static final String[] NAMES = {
        "dev.godwit.bootstrap.SectionCounts",
        "dev.godwit.bootstrap.HintSlot",
        "dev.godwit.bootstrap.ConnectionProbe",
        "dev.godwit.bootstrap.TrackedConnection",
        "dev.godwit.bootstrap.HintThread",
        "dev.godwit.bootstrap.XaBranch$Key",
        "dev.godwit.bootstrap.XaBranch",
        "dev.godwit.bootstrap.TransactionText",
        "dev.godwit.bootstrap.XaHints",
        "dev.godwit.bootstrap.TransactionHints",
        "dev.godwit.bootstrap.AsyncRequest",
        "dev.godwit.bootstrap.AsyncRequest$Listener",
        "dev.godwit.bootstrap.ServletApi",
        "dev.godwit.bootstrap.ServletApi$ByRequest",
        "dev.godwit.bootstrap.RequestHints",
        "dev.godwit.bootstrap.TaskHints",
        "dev.godwit.bootstrap.HintBridge",
        "dev.godwit.bootstrap.DeclaredBuffers$Declared",
        "dev.godwit.bootstrap.DeclaredBuffers",
        "dev.godwit.bootstrap.ListenerSources"
    };

    private BootstrapClasses() {}

    /** Needs {@link ModuleAccess#open} first. */
    static void define() throws ReflectiveOperationException, IOException {
        Class<?> type = Class.forName("jdk.internal.misc.Unsafe");
        Object unsafe = type.getMethod("getUnsafe").invoke(null);
        Method define = type.getMethod(
                "defineClass",
                String.class,
                byte[].class,
                int.class,
                int.class,
                ClassLoader.class,
                ProtectionDomain.class);
        for (String name : NAMES) {
            if (!isDefined(name)) {
                byte[] bytes = bytes(name);
                try {
                    define.invoke(unsafe, name, bytes, 0, bytes.length, null, null);
                } catch (InvocationTargetException e) {
                    throw new ReflectiveOperationException("class=" + name + " cannot be defined: " + e.getCause(), e);
                }
            }
        }
    }

    private static boolean isDefined(String name) {
        try {
            Class.forName(name, false, null);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static byte[] bytes(String name) throws IOException {
        // Apart from the agent's own classes, so that no loader but the boot loader ever defines them.
        String resource = "bootstrap/" + name.replace('.', '/') + ".class";
        try (InputStream in = BootstrapClasses.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("the agent jar lacks " + resource);
            }
            return in.readAllBytes();
        }
    }
}
