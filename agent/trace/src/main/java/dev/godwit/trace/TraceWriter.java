package dev.godwit.trace;

import dev.godwit.trace.PayloadWriter.RecordTooLargeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes one trace, from one thread: the thread of the first {@link #offer} owns the writer until it is closed.
 *
 * <p>Made to run inside the JVM that is being recorded. A full disk, a record that is too large or an invalid one never
 * raises an exception: the record is dropped, counted, and reported by a {@link Loss} record before the next one. When
 * the disk or {@code maxBytes} is exhausted, the writer stays open but drops everything; {@link #isFull()} says so, and
 * {@link #close(TraceEnd.Reason)} still writes the end into space that was kept for it.
 */
public final class TraceWriter implements AutoCloseable {
    /** Least size that a trace may be limited to, bytes. */
    public static final long MIN_BYTES = 1 << 20;

    /** Kept for the losses, the end, and two indexes of Chronicle of 32 KiB each. */
    private static final int RESERVE_BYTES = 256 << 10;

    /** How far blocks are made real ahead, so that it is not done for each record. */
    private static final int STEP_BYTES = 1 << 20;

    private static final int DOCUMENT_OVERHEAD_BYTES = 16;

    /** One {@link Loss} for each type. */
    private static final int MAX_LOSSES_BYTES = 4 << 10;

    private final TraceDirectory directory;
    private final TraceQueue queue;
    private final RealBlocks blocks;
    private final long limitBytes;
    private final RecordEncoder encoder = new RecordEncoder();
    private final Map<RecordType, Long> losses = new EnumMap<>(RecordType.class);
    private final Set<RecordType> explained = EnumSet.noneOf(RecordType.class);

    private State state = State.OPEN;
    private Thread owner;
    private long positionBytes;
    private long records;
    private long droppedRecords;
    private long lastNanos;
    private String failure;

    private enum State {
        OPEN,
        /** No space is left: everything is dropped until the end. */
        FULL,
        /** Chronicle failed: nothing more can be written, not even the end. */
        BROKEN,
        CLOSED
    }

    private TraceWriter(TraceDirectory directory, TraceQueue queue, RealBlocks blocks, long limitBytes) {
        this.directory = directory;
        this.queue = queue;
        this.blocks = blocks;
        this.limitBytes = limitBytes;
    }

    /**
     * Creates a trace in a new or empty directory, with mode 0700 and its files with 0600.
     *
     * @param path directory of the trace
     * @param maxBytes largest size of the trace on disk, at least {@link #MIN_BYTES}
     * @throws IOException if the directory cannot be made, holds something, or the disk is full; the message is one line
     *     that says what to do. Nothing is left behind
     */
    public static TraceWriter create(Path path, long maxBytes) throws IOException {
        if (maxBytes < MIN_BYTES) {
            throw new IllegalArgumentException("maxBytes=" + maxBytes + " is less than " + MIN_BYTES);
        }
        TraceDirectory directory = TraceDirectory.create(path);
        RealBlocks blocks = null;
        try {
            long epochMillis = System.currentTimeMillis();
            try (RealBlocks metadata = new RealBlocks(directory.createFile(TraceQueue.METADATA_FILE))) {
                extendFirst(metadata, TraceQueue.METADATA_BYTES, path);
            }
            blocks = new RealBlocks(directory.createFile(TraceQueue.preparedFileName(epochMillis)));
            directory.adopt(TraceQueue.fileName(epochMillis));
            extendFirst(blocks, RESERVE_BYTES * 2L, path);
            return new TraceWriter(
                    directory, TraceQueue.open(directory, epochMillis), blocks, maxBytes - TraceQueue.METADATA_BYTES);
        } catch (IOException | RuntimeException | LinkageError e) {
            if (blocks != null) {
                blocks.close();
            }
            directory.remove();
            throw e instanceof IOException io ? io : new IOException("cannot record into " + path + ": " + e, e);
        }
    }

    private static void extendFirst(RealBlocks blocks, long size, Path path) throws IOException {
        if (!blocks.extend(size, size)) {
            throw new IOException("cannot record into " + path + ": the disk is full; free at least " + MIN_BYTES
                    + " bytes, or name a directory on another disk");
        }
    }

    /**
     * Writes a record, or drops it and counts it.
     *
     * @return false if it was dropped
     * @throws IllegalStateException if the writer is closed, or belongs to another thread
     * @throws IllegalArgumentException if the first record is not a valid {@link JvmFacts}, or the record is a
     *     {@link TraceEnd}, which only {@link #close(TraceEnd.Reason)} writes
     */
    public boolean offer(TraceRecord record) {
        claim();
        if (state == State.CLOSED) {
            throw new IllegalStateException("the trace " + directory.path() + " is closed");
        }
        if (record instanceof TraceEnd || (records == 0 && state == State.OPEN && !(record instanceof JvmFacts))) {
            throw new IllegalArgumentException(
                    RecordType.of(record).recordName() + " cannot be record " + (records + 1) + " of a trace");
        }
        lastNanos = Math.max(lastNanos, record.timeNanos());
        if (state == State.OPEN && write(record)) {
            return true;
        }
        drop(RecordType.of(record), 1);
        return false;
    }

    /** Counts records that were dropped before they reached the writer; they are reported like its own. */
    public void countDropped(Class<? extends TraceRecord> type, long count) {
        claim();
        drop(RecordType.of(type), count);
    }

    /** True once the disk or the largest size is exhausted; recording should end. */
    public boolean isFull() {
        return state == State.FULL;
    }

    /** What broke the writer, one line; empty while it works. A full disk is no failure, see {@link #isFull()}. */
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** Records written so far. */
    public long records() {
        return records;
    }

    /** Records dropped so far. */
    public long droppedRecords() {
        return droppedRecords;
    }

    /** Bytes of the trace on disk. */
    public long sizeBytes() {
        return TraceQueue.METADATA_BYTES + blocks.end();
    }

    /** Ends the trace as {@link TraceEnd.Reason#FAILED}, unless it was closed with a reason before. */
    @Override
    public void close() {
        close(TraceEnd.Reason.FAILED);
    }

    /** Ends the trace at the time of the latest record. */
    public void close(TraceEnd.Reason reason) {
        close(reason, lastNanos);
    }

    /**
     * Writes the losses and the end record, and gives back unused space. A trace without any record is removed.
     *
     * @param reason why the recording ended; {@code OUT_OF_SPACE} takes its place if that is why records are missing
     * @param timeNanos when it ended
     */
    public void close(TraceEnd.Reason reason, long timeNanos) {
        if (state == State.CLOSED) {
            return;
        }
        claim();
        lastNanos = Math.max(lastNanos, timeNanos);
        TraceEnd.Reason actual =
                state == State.FULL && reason != TraceEnd.Reason.FAILED ? TraceEnd.Reason.OUT_OF_SPACE : reason;
        if (records > 0 && state != State.BROKEN) {
            reportLosses();
            append(new TraceEnd(lastNanos, records, actual));
        }
        release();
        if (records == 0) {
            directory.remove();
        }
        state = State.CLOSED;
    }

    private boolean write(TraceRecord record) {
        try {
            encoder.encode(record);
        } catch (RecordTooLargeException e) {
            return false;
        } catch (IllegalArgumentException e) {
            if (records == 0) {
                throw e;
            }
            explain(record, e.getMessage());
            return false;
        }
        if (!reserve(encoder.size() + MAX_LOSSES_BYTES)) {
            return false;
        }
        if (!losses.isEmpty()) {
            reportLosses();
            encoder.encode(record); // the losses took its buffer
        }
        return appendEncoded();
    }

    /** Says once for each type why its records are refused: a loss alone would not tell. */
    private void explain(TraceRecord record, String reason) {
        RecordType type = RecordType.of(record);
        if (explained.add(type)) {
            Notice notice = new Notice(
                    Math.max(0, record.timeNanos()), "invalid " + type.recordName() + " left out: " + reason);
            encoder.encode(notice);
            if (reserve(encoder.size())) {
                appendEncoded();
            }
        }
    }

    /** Makes sure that the next bytes have blocks, and what is kept for the end has too. */
    private boolean reserve(int size) {
        long needed = positionBytes + DOCUMENT_OVERHEAD_BYTES + size + RESERVE_BYTES;
        if (needed <= blocks.end()) {
            return true;
        }
        long wanted = Math.min(limitBytes, Math.max(needed, blocks.end() + STEP_BYTES));
        if (needed > limitBytes || !blocks.extend(needed, wanted)) {
            state = State.FULL;
            return false;
        }
        return true;
    }

    private void drop(RecordType type, long count) {
        losses.merge(type, count, Long::sum);
        droppedRecords += count;
    }

    /** At most one small record for each type: at the end they fit into what is kept. */
    private void reportLosses() {
        losses.forEach((type, count) -> append(new Loss(lastNanos, type.recordName(), count)));
        losses.clear();
    }

    private void append(TraceRecord record) {
        encoder.encode(record);
        appendEncoded();
    }

    private boolean appendEncoded() {
        if (state == State.BROKEN) {
            return false;
        }
        boolean interrupted = Thread.interrupted(); // Chronicle gives up in an interrupted thread
        try {
            positionBytes = queue.append(encoder.array(), encoder.size());
            records++;
            return true;
        } catch (RuntimeException | LinkageError | InternalError e) {
            // An InternalError is what HotSpot makes of a SIGBUS that happened all the same.
            fail(e);
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void fail(Throwable cause) {
        state = State.BROKEN;
        failure = "cannot write the trace " + directory.path() + ": " + cause;
    }

    private void release() {
        boolean interrupted = Thread.interrupted();
        try {
            queue.close();
            blocks.truncate(positionBytes, QueueFile.sizeOnDisk(positionBytes));
            blocks.close();
        } catch (IOException | RuntimeException | LinkageError | InternalError e) {
            if (failure == null) {
                fail(e);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void claim() {
        Thread current = Thread.currentThread();
        if (owner == null) {
            owner = current;
        } else if (owner != current) {
            throw new IllegalStateException("the trace " + directory.path() + " is written by thread '"
                    + owner.getName() + "', not by '" + current.getName() + "'");
        }
    }
}
