package dev.godwit.trace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Writes two traces in a JVM that saw no Chronicle before, and prints what stayed behind: nothing. */
final class RecordingProgram {
    private RecordingProgram() {}

    public static void main(String[] arguments) throws IOException {
        TimeZone.getDefault(); // sets a property of the JDK
        Properties before = (Properties) System.getProperties().clone();
        Set<String> threadsBefore = threads();
        for (int i = 0; i < 2; i++) {
            Path trace = Path.of(arguments[0], "trace" + i);
            Traces.write(trace, new RandomRecords(i).trace(100));
            Traces.read(trace);
        }
        Set<String> threads = threads();
        threads.removeAll(threadsBefore);
        threads.forEach(thread -> System.out.println("thread left: " + thread));
        Set<Map.Entry<Object, Object>> changed =
                new HashSet<>(System.getProperties().entrySet());
        changed.removeAll(before.entrySet());
        changed.forEach(property -> System.out.println("property left: " + property));
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> !name.equals("Common-Cleaner") && !name.startsWith("Attach"))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
