package dev.godwit.linux.guardian;

import com.sun.jna.Native;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.LinkedHashSet;
import java.util.Set;

/** Where a guardian finds its classes: where this class and JNA come from, and nothing else. */
final class GuardianClassPath {
    private GuardianClassPath() {}

    static String find() throws IOException {
        Set<String> places = new LinkedHashSet<>();
        places.add(place(GuardianMain.class));
        places.add(place(Native.class));
        return String.join(File.pathSeparator, places);
    }

    private static String place(Class<?> of) throws IOException {
        CodeSource source = of.getProtectionDomain().getCodeSource();
        try {
            if (source != null) {
                return Path.of(source.getLocation().toURI()).toString();
            }
        } catch (URISyntaxException | IllegalArgumentException unusual) {
            throw new IOException("class " + of.getName() + " comes from no file: " + source.getLocation(), unusual);
        }
        throw new IOException("class " + of.getName() + " comes from no file");
    }
}
