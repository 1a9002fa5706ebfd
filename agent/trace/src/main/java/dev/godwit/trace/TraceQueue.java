package dev.godwit.trace;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * The Chronicle Queue that a trace is written to. Its clock stands still, so that it never rolls over to a second
 * file.
 */
final class TraceQueue implements AutoCloseable {
    /** Size of the table of the queue, which Chronicle maps whole. */
    static final int METADATA_BYTES = 128 << 10;

    static final String METADATA_FILE = "metadata.cq4t";

    private static final RollCycles ROLL_CYCLE = RollCycles.FAST_DAILY;

    /** A record must fit into a quarter of a block, together with an index. */
    private static final long BLOCK_BYTES = 8L * TraceLimits.MAX_RECORD_BYTES;

    private final SingleChronicleQueue queue;
    private ExcerptAppender appender;

    private TraceQueue(SingleChronicleQueue queue) {
        this.queue = queue;
    }

    /** Name of the file that holds the records of a queue whose clock stands at the given moment. */
    static String fileName(long epochMillis) {
        return cycle(epochMillis) + SingleChronicleQueue.SUFFIX;
    }

    /** Name of a file that Chronicle takes when it needs the file of the records, and renames. */
    static String preparedFileName(long epochMillis) {
        return cycle(epochMillis) + ".precreated";
    }

    private static String cycle(long epochMillis) {
        return DateTimeFormatter.ofPattern(ROLL_CYCLE.format())
                .withZone(ZoneOffset.UTC)
                .format(Instant.ofEpochMilli(epochMillis));
    }

    /** Opens a queue on files of zeros that are there already. */
    static TraceQueue open(TraceDirectory directory, long epochMillis) {
        return ChronicleSettings.within(() -> new TraceQueue(SingleChronicleQueueBuilder.binary(directory.path())
                .rollCycle(ROLL_CYCLE)
                .timeProvider(() -> epochMillis)
                .blockSize(BLOCK_BYTES)
                .checkInterrupts(false)
                .build()));
    }

    /** Appends one document and returns the position behind it in the file. Always from the same thread. */
    long append(byte[] bytes, int size) {
        if (appender == null) {
            // Made here, because it belongs to the thread that makes it; its first document creates the store.
            return ChronicleSettings.within(() -> {
                appender = queue.createAppender();
                return write(bytes, size);
            });
        }
        return write(bytes, size);
    }

    private long write(byte[] bytes, int size) {
        try (DocumentContext document = appender.writingDocument()) {
            try {
                Bytes<?> out = document.wire().bytes();
                out.write(bytes, 0, size);
                return out.writePosition();
            } catch (RuntimeException | Error e) {
                document.rollbackOnClose(); // closing it would publish half a record
                throw e;
            }
        }
    }

    @Override
    public void close() {
        ChronicleSettings.within(() -> {
            if (appender != null) {
                appender.close();
            }
            queue.close();
            return null;
        });
    }
}
