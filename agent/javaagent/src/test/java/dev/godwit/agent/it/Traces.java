package dev.godwit.agent.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.trace.TraceFormatException;
import dev.godwit.trace.TraceReader;
import dev.godwit.trace.TraceRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Reads whole traces. */
final class Traces {
    private static final long TIMEOUT_NANOS = 180_000_000_000L;

    private Traces() {}

    static List<TraceRecord> read(Path directory) throws TraceFormatException {
        List<TraceRecord> records = new ArrayList<>();
        try (TraceReader reader = TraceReader.open(directory)) {
            for (TraceRecord record = reader.next(); record != null; record = reader.next()) {
                records.add(record);
            }
        }
        return records;
    }

    /** Follows a trace that is being written until it holds what is wanted. */
    static void await(Path directory, Predicate<List<TraceRecord>> wanted) throws IOException, InterruptedException {
        List<TraceRecord> records = new ArrayList<>();
        long until = System.nanoTime() + TIMEOUT_NANOS;
        try (TraceReader reader = TraceReader.follow(directory)) {
            while (!wanted.test(records)) {
                TraceRecord record = reader.next();
                if (record != null) {
                    records.add(record);
                } else {
                    assertThat(System.nanoTime())
                            .as("waited too long; %d records so far", records.size())
                            .isLessThan(until);
                    Thread.sleep(10);
                }
            }
        }
    }

    static <T extends TraceRecord> List<T> of(Class<T> type, List<TraceRecord> records) {
        return records.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
