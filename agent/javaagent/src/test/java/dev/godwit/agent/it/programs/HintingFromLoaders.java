package dev.godwit.agent.it.programs;

import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;

/** Loads the hint API in two class loaders of its own, as a web container does, and uses both. */
public final class HintingFromLoaders {
    private HintingFromLoaders() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            urls.add(new File(path).toURI().toURL());
        }
        try (URLClassLoader first = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
                URLClassLoader second =
                        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Method one = first.loadClass("dev.godwit.hint.MigrationHints").getMethod("safePoint", String.class);
            Method two = second.loadClass("dev.godwit.hint.MigrationHints").getMethod("safePoint", String.class);
            long start = System.nanoTime();
            while (Programs.goesOn(arguments[0], start)) {
                one.invoke(null, "first");
                two.invoke(null, "second");
                // The two belong together, and are woven together.
                first.loadClass("dev.godwit.hint.MigrationHints")
                        .getMethod("critical", String.class)
                        .invoke(null, "x");
                second.loadClass("dev.godwit.hint.MigrationHints")
                        .getMethod("critical", String.class)
                        .invoke(null, "x");
                Thread.sleep(20);
            }
        }
        System.out.println("hinted");
    }
}
