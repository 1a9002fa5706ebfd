package dev.godwit.agent.heap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code /proc/self/maps}. */
final class ProcessMap {
    private ProcessMap() {}

    record Mapping(long start, long end, String permissions, String path) {}

    static List<Mapping> read() {
        try {
            List<Mapping> mappings = new ArrayList<>();
            for (String line :
                    Files.readAllLines(Path.of("/proc/self/maps"), java.nio.charset.StandardCharsets.ISO_8859_1)) {
                String[] fields = line.split(" +", 6);
                int dash = fields[0].indexOf('-');
                mappings.add(new Mapping(
                        Long.parseUnsignedLong(fields[0].substring(0, dash), 16),
                        Long.parseUnsignedLong(fields[0].substring(dash + 1), 16),
                        fields[1],
                        fields.length > 5 ? fields[5] : ""));
            }
            return mappings;
        } catch (IOException e) {
            throw new UnreadableVmException("cannot read /proc/self/maps: " + e.getMessage());
        }
    }
}
