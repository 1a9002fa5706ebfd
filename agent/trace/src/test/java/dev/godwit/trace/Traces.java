package dev.godwit.trace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes and reads whole traces. */
final class Traces {
    static final long MAX_BYTES = 64 << 20;

    private Traces() {}

    static void write(Path directory, List<? extends TraceRecord> records) throws IOException {
        try (TraceWriter writer = TraceWriter.create(directory, MAX_BYTES)) {
            records.forEach(writer::offer);
            writer.close(TraceEnd.Reason.COMPLETED);
        }
    }

    static List<TraceRecord> read(Path directory) throws TraceFormatException {
        try (TraceReader reader = TraceReader.open(directory)) {
            List<TraceRecord> records = new ArrayList<>();
            for (TraceRecord record = reader.next(); record != null; record = reader.next()) {
                records.add(record);
            }
            return records;
        }
    }

    static Path queueFile(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".cq4"))
                    .collect(Collectors.toList())
                    .get(0);
        }
    }
}
