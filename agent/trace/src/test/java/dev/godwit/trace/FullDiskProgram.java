package dev.godwit.trace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Records until the disk is full, goes on for a while as a recorder may, and ends its trace. Run in its own JVM. */
final class FullDiskProgram {
    private static final int MOST_RECORDS = 100_000;
    private static final int AFTER_FULL = 500;

    private FullDiskProgram() {}

    public static void main(String[] arguments) throws IOException {
        TraceWriter writer = TraceWriter.create(Path.of(arguments[0]), 1L << 30);
        RandomRecords random = new RandomRecords(Long.parseLong(arguments[1]));
        writer.offer(random.facts());
        int left = MOST_RECORDS;
        for (int type = 0; !writer.isFull() && left > 0; type++, left--) {
            writer.offer(random.record(type));
        }
        List<TraceRecord> more = random.trace(AFTER_FULL);
        more.forEach(writer::offer);
        writer.close(TraceEnd.Reason.COMPLETED);
        System.out.print("records=" + writer.records() + " dropped=" + writer.droppedRecords() + " failure="
                + writer.failure().orElse("none"));
    }
}
