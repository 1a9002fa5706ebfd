package dev.godwit.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Uses native code, and prints what it left behind in the process; run in a JVM of its own. */
public final class NativeAccessCheck {
    /** Index behind the name in {@code /proc/PID/stat}: minor faults of children that were waited for. */
    private static final int CHILD_FAULTS = 8;

    private NativeAccessCheck() {}

    public static void main(String[] arguments) throws IOException {
        Map<Object, Object> before = new TreeMap<>(System.getProperties());
        NativeAccess.initialise();
        try (NativeBuffer buffer = NativeBuffer.shared(1)) {
            System.out.println("native memory " + (buffer.address() > 0));
        }
        Map<Object, Object> changed = new TreeMap<>(System.getProperties());
        changed.entrySet().removeAll(before.entrySet());
        before.keySet().removeAll(System.getProperties().keySet());
        System.out.println("properties changed " + changed + " removed " + before.keySet());
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        System.out.println("faults of children " + fields[CHILD_FAULTS]);
    }
}
