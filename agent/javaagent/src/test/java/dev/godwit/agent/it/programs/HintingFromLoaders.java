package dev.godwit.agent.it.programs;

import java.io.File;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Loads the hint API in two class loaders of its own, as a web container does, uses both, and sees whether one that it drops is
 * unloaded.
 */
public final class HintingFromLoaders {
    private static final String HINTS = "dev.godwit.hint.MigrationHints";

    private HintingFromLoaders() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws Exception {
        WeakReference<ClassLoader> first = useTwo(arguments[0]);
        for (int i = 0; i < 1_000 && first.get() != null; i++) {
            System.gc();
            Thread.sleep(10);
        }
        System.out.println(first.get() == null ? "hinted" : "a class loader is held");
    }

    /** Returns one of the loaders, which nobody else holds. */
    private static WeakReference<ClassLoader> useTwo(String stop) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            urls.add(new File(path).toURI().toURL());
        }
        try (URLClassLoader first = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
                URLClassLoader second =
                        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Method one = first.loadClass(HINTS).getMethod("safePoint", String.class);
            Method two = second.loadClass(HINTS).getMethod("safePoint", String.class);
            Object listener = declareAndListen(first);
            long start = System.nanoTime();
            while (Programs.goesOn(stop, start)) {
                one.invoke(null, "first");
                two.invoke(null, "second");
                // The two belong together, and are woven together.
                first.loadClass(HINTS).getMethod("critical", String.class).invoke(null, "x");
                second.loadClass(HINTS).getMethod("critical", String.class).invoke(null, "x");
                Thread.sleep(20);
            }
            Objects.requireNonNull(listener, "kept until here");
            return new WeakReference<>(first);
        }
    }

    private static Object declareAndListen(ClassLoader loader) throws Exception {
        Class<?> hints = loader.loadClass(HINTS);
        Class<?> listens = loader.loadClass("dev.godwit.hint.MigrationListener");
        hints.getMethod("discardable", ByteBuffer.class).invoke(null, ByteBuffer.allocateDirect(9_000));
        Object listener = Proxy.newProxyInstance(loader, new Class<?>[] {listens}, (proxy, method, values) -> null);
        hints.getMethod("addListener", listens).invoke(null, listener);
        return listener;
    }
}
