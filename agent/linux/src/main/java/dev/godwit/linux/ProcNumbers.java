package dev.godwit.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Named numbers of files such as {@code /proc/meminfo}, {@code /proc/vmstat} and {@code /proc/self/status}: lines of a
 * name, an optional colon, and a number, sometimes in kB.
 */
public final class ProcNumbers {
    private static final int LIMIT_BYTES = 1 << 20;

    private final String path;
    private final ProcFile file;

    /** Numbers of the file; it is read by {@link #read}. */
    public ProcNumbers(String path) {
        this.path = path;
        this.file = new ProcFile(path, LIMIT_BYTES);
    }

    /**
     * Reads the file.
     *
     * @return the numbers by name; a number in kB as bytes; lines that are not a name and a number are left out
     * @throws IOException if the file cannot be read
     */
    public Map<String, Long> read() throws IOException {
        file.read();
        return parse(new String(file.content(), 0, file.length(), StandardCharsets.UTF_8));
    }

    /**
     * Reads a file that holds one number, such as those below {@code /proc/sys}. These give their content to the first
     * read only, however small, which {@code Files.readString} does not cope with.
     *
     * @throws IOException if the file cannot be read or holds something else
     */
    public static long readSingle(String path) throws IOException {
        ProcFile file = new ProcFile(path, LIMIT_BYTES);
        file.read();
        String text = new String(file.content(), 0, file.length(), StandardCharsets.UTF_8).trim();
        if (!text.matches("[0-9]{1,18}")) {
            throw new IOException(path + " holds no number: " + text);
        }
        return Long.parseLong(text);
    }

    /** Like {@link Map#get}, but a name that is missing is an error that names it and the file. */
    public long require(Map<String, Long> numbers, String name) throws IOException {
        Long number = numbers.get(name);
        if (number == null) {
            throw new IOException(path + " has no number " + name);
        }
        return number;
    }

    /** Parses such lines. */
    public static Map<String, Long> parse(String text) {
        Map<String, Long> numbers = new LinkedHashMap<>();
        text.lines().forEach(line -> addLine(line, numbers));
        return numbers;
    }

    private static void addLine(String line, Map<String, Long> numbers) {
        String[] words = line.trim().split("\\s+", -1);
        boolean kilobytes = words.length == 3 && words[2].equals("kB");
        boolean plain = words.length == 2;
        // Eighteen digits fit a long; kB need ten bits more.
        if (!(kilobytes || plain) || !words[1].matches(kilobytes ? "[0-9]{1,15}" : "[0-9]{1,18}")) {
            return;
        }
        String name = words[0].endsWith(":") ? words[0].substring(0, words[0].length() - 1) : words[0];
        long number = Long.parseLong(words[1]);
        numbers.put(name, kilobytes ? number << 10 : number);
    }
}
