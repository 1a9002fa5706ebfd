package dev.godwit.hypervisor.advise;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * After how long a silence others take a process for dead.
 *
 * <p>A list of them has a line for each, four fields with a bar between: {@code name | milliseconds | what happens | source}. Empty
 * lines and those that begin with {@code #} are passed over.
 *
 * @param name of the system and its setting
 * @param millis of silence
 * @param consequence what happens then
 * @param source where the figure is documented
 */
public record HeartbeatTimeout(String name, long millis, String consequence, String source) {
    private static final int FIELDS = 4;
    private static final int MOST_LINES = 10_000;
    private static final String KNOWN = "heartbeat-timeouts.txt";

    /** Whether a blackout fires it. */
    public enum Fires {
        /** Even the longest to be expected is shorter. */
        NO,
        /** Some are longer. */
        MAYBE,
        /** Half of them at least are longer. */
        YES
    }

    Fires firedBy(Band blackoutMillis) {
        if (blackoutMillis.middle() >= millis) {
            return Fires.YES;
        }
        return blackoutMillis.high() >= millis ? Fires.MAYBE : Fires.NO;
    }

    /** Documented defaults of common systems. */
    public static List<HeartbeatTimeout> known() {
        try (InputStream known = HeartbeatTimeout.class.getResourceAsStream(KNOWN);
                BufferedReader lines = new BufferedReader(new InputStreamReader(known, StandardCharsets.UTF_8))) {
            return parse(lines.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a list.
     *
     * @throws IllegalArgumentException if a line has another shape; the message is one line and names it
     */
    public static List<HeartbeatTimeout> parse(List<String> lines) {
        if (lines.size() > MOST_LINES) {
            throw new IllegalArgumentException(lines.size() + " lines of timeouts: give " + MOST_LINES + " at most");
        }
        List<HeartbeatTimeout> timeouts = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                timeouts.add(parse(line, i + 1));
            }
        }
        return timeouts;
    }

    private static HeartbeatTimeout parse(String line, int number) {
        String[] fields = line.split("\\|", -1);
        long millis = fields.length == FIELDS ? millis(fields[1].strip()) : 0;
        if (millis <= 0 || fields[0].isBlank()) {
            throw new IllegalArgumentException(
                    "line " + number + " is no timeout: give name | milliseconds | what happens | source");
        }
        return new HeartbeatTimeout(fields[0].strip(), millis, fields[2].strip(), fields[3].strip());
    }

    private static long millis(String text) {
        return text.matches("\\d{1,12}") ? Long.parseLong(text) : 0;
    }

    /** Both lists; of two with one name the latter's, in the place of the former's. */
    public static List<HeartbeatTimeout> merged(List<HeartbeatTimeout> list, List<HeartbeatTimeout> more) {
        Map<String, HeartbeatTimeout> byName = new LinkedHashMap<>();
        list.forEach(timeout -> byName.put(timeout.name(), timeout));
        more.forEach(timeout -> byName.put(timeout.name(), timeout));
        return List.copyOf(byName.values());
    }
}
