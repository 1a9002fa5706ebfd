package dev.godwit.agent.start;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.Enumeration;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Loads the agent and its libraries straight out of the agent jar, whose entries below {@code isolated/} no other
 * loader takes for classes: they end in {@code .classdata}. So the application may use the same libraries in other
 * versions, and a scan of its class path finds nothing.
 */
final class IsolatedClassLoader extends ClassLoader {
    private static final String PREFIX = "isolated/";
    private static final String CLASS = ".class";
    private static final String HIDDEN_CLASS = ".classdata";

    static {
        registerAsParallelCapable();
    }

    private final ZipFile jar;
    private final String entries;
    private final ProtectionDomain domain;

    IsolatedClassLoader(File file) throws IOException {
        super("godwit-agent", ClassLoader.getPlatformClassLoader());
        jar = new JarFile(file, false);
        URL location = file.toURI().toURL();
        entries = "jar:" + location + "!/";
        domain = new ProtectionDomain(new CodeSource(location, (Certificate[]) null), null, this, null);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        ZipEntry entry = jar.getEntry(entryName(name.replace('.', '/') + CLASS));
        if (entry == null) {
            throw new ClassNotFoundException(name);
        }
        try (InputStream in = jar.getInputStream(entry)) {
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length, domain);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    @Override
    protected URL findResource(String name) {
        String entry = entryName(name);
        try {
            return jar.getEntry(entry) == null ? null : new URL(entries + entry);
        } catch (MalformedURLException e) {
            return null;
        }
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        URL found = findResource(name);
        return found == null ? Collections.emptyEnumeration() : Collections.enumeration(Collections.singleton(found));
    }

    private static String entryName(String name) {
        boolean isClass = name.endsWith(CLASS);
        return PREFIX + (isClass ? name.substring(0, name.length() - CLASS.length()) + HIDDEN_CLASS : name);
    }
}
