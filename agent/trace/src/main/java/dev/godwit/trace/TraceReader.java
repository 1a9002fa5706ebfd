package dev.godwit.trace;

import dev.godwit.trace.PayloadReader.BadPayloadException;
import dev.godwit.trace.TraceFormatException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Reads a trace, record by record. A trace is untrusted input: whatever it holds, reading ends with the last record or
 * with one {@link TraceFormatException}. The trace is never changed or locked; any number may read it at a time.
 *
 * <pre>{@code
 * try (TraceReader reader = TraceReader.open(directory)) {
 *     for (TraceRecord record = reader.next(); record != null; record = reader.next()) {
 *         ...
 *     }
 * }
 * }</pre>
 */
public final class TraceReader implements AutoCloseable {
    private static final String FILE_SUFFIX = ".cq4";
    private static final String NAME_A_TRACE = "name the directory of a trace";
    private static final double NANOS_PER_SECOND = 1e9;

    private final Path directory;
    private final boolean live;
    private final CRC32C checksum = new CRC32C();
    private QueueFile file;
    private long records;
    private long lastNanos;
    private boolean ended;

    private TraceReader(Path directory, boolean live) {
        this.directory = directory;
        this.live = live;
    }

    /**
     * Opens a complete trace: {@link JvmFacts} first, {@link TraceEnd} last.
     *
     * @throws TraceFormatException if it is no trace, or cannot be read
     */
    public static TraceReader open(Path directory) throws TraceFormatException {
        TraceReader reader = new TraceReader(directory, false);
        reader.openFile();
        return reader;
    }

    /**
     * Follows a trace that is being written: {@link #next} returns null while there is nothing new, also before the
     * trace exists. {@link #ended} tells when its end was read.
     */
    public static TraceReader follow(Path directory) {
        return new TraceReader(directory, true);
    }

    /**
     * The next record; null at the end of the trace, or when there is none yet in a trace that is followed.
     *
     * @throws TraceFormatException if the trace is cut off, corrupt, or of a newer version
     */
    public TraceRecord next() throws TraceFormatException {
        if (ended || (file == null && !openFile())) {
            return null;
        }
        try {
            return switch (file.next()) {
                case DOCUMENT -> accept(decode());
                case END, CUT_OFF -> missing();
                case TOO_LARGE ->
                    throw broken(Reason.TOO_LARGE, "is larger than " + TraceLimits.MAX_RECORD_BYTES + " bytes");
            };
        } catch (TraceFormatException e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** Records read so far. */
    public long records() {
        return records;
    }

    /** True once the {@link TraceEnd} was read. */
    public boolean ended() {
        return ended;
    }

    @Override
    public void close() {
        if (file == null) {
            return;
        }
        try {
            file.close();
        } catch (IOException e) {
            // It was open for reading only: nothing is lost.
        }
    }

    private TraceRecord accept(TraceRecord record) throws IOException {
        if (records == 0 && !(record instanceof JvmFacts)) {
            throw broken(
                    Reason.CORRUPT,
                    "is a " + RecordType.of(record).recordName() + ", but a trace begins with JvmFacts");
        }
        if (record instanceof TraceEnd end) {
            if (end.records() != records) {
                throw broken(
                        Reason.CORRUPT, "ends a trace of " + end.records() + " records, but " + records + " were read");
            }
            if (file.next() == QueueFile.Found.DOCUMENT) {
                throw broken(Reason.CORRUPT, "is the end, but more records follow");
            }
            ended = true;
        }
        records++;
        lastNanos = Math.max(lastNanos, record.timeNanos());
        return record;
    }

    private TraceRecord missing() throws TraceFormatException {
        if (live) {
            return null;
        }
        throw failure(
                Reason.CUT_OFF,
                String.format(
                        Locale.ROOT,
                        "it is cut off after %d records at second %.1f (byte %d); its recording was killed or still goes"
                                + " on, or it was not copied whole: record or copy it again",
                        records,
                        lastNanos / NANOS_PER_SECOND,
                        file.documentPosition()));
    }

    /** Checks the envelope of the document at hand, checksum before version, and decodes its payload. */
    private TraceRecord decode() throws TraceFormatException {
        ByteBuffer document = ByteBuffer.wrap(file.bytes(), 0, file.size()).order(ByteOrder.LITTLE_ENDIAN);
        int size = document.limit();
        if (size < RecordDescriptor.PAYLOAD_OFFSET
                || document.getInt(RecordDescriptor.MAGIC_OFFSET) != RecordDescriptor.MAGIC) {
            if (records == 0) {
                throw failure(Reason.NOT_A_TRACE, "it is a Chronicle Queue of something else; " + NAME_A_TRACE);
            }
            throw broken(Reason.CORRUPT, "does not begin with a record's magic");
        }
        int length = document.getInt(RecordDescriptor.LENGTH_OFFSET);
        if (length != size - RecordDescriptor.PAYLOAD_OFFSET) {
            throw broken(
                    Reason.CORRUPT,
                    "says length=" + length + " in a document of " + (size - RecordDescriptor.PAYLOAD_OFFSET));
        }
        if (document.getInt(RecordDescriptor.CHECKSUM_OFFSET) != checksum(size)) {
            throw broken(Reason.CORRUPT, "does not match its checksum");
        }
        int version = Short.toUnsignedInt(document.getShort(RecordDescriptor.VERSION_OFFSET));
        if (version > RecordDescriptor.VERSION) {
            throw failure(
                    Reason.NEWER_VERSION,
                    "it has version " + version + ", this Godwit reads versions up to " + RecordDescriptor.VERSION
                            + "; read it with the Godwit that recorded it");
        }
        return decodePayload(version, Short.toUnsignedInt(document.getShort(RecordDescriptor.TYPE_OFFSET)), size);
    }

    private TraceRecord decodePayload(int version, int code, int size) throws TraceFormatException {
        RecordType type = RecordType.ofCode(code);
        if (version < RecordDescriptor.OLDEST_VERSION || type == null || version < type.sinceVersion()) {
            throw broken(Reason.CORRUPT, "has version=" + version + " type=" + code + ", which never existed");
        }
        try {
            return RecordDecoder.decode(type, version, file.bytes(), RecordDescriptor.PAYLOAD_OFFSET, size);
        } catch (BadPayloadException e) {
            throw broken(Reason.CORRUPT, "is no valid " + type.recordName() + ": " + e.getMessage());
        }
    }

    private int checksum(int size) {
        checksum.reset();
        checksum.update(file.bytes(), 0, RecordDescriptor.CHECKSUM_OFFSET);
        checksum.update(file.bytes(), RecordDescriptor.PAYLOAD_OFFSET, size - RecordDescriptor.PAYLOAD_OFFSET);
        return (int) checksum.getValue();
    }

    /** Opens the queue file; false if the trace is followed and its file is not there yet. */
    private boolean openFile() throws TraceFormatException {
        try {
            Path path = findFile();
            if (path == null) {
                return false;
            }
            file = new QueueFile(path);
            // First of all: behind a header that is finished the bytes are all there.
            if (live && !file.isBegun()) {
                return noFirstDocument();
            }
            if (!file.looksLikeQueue()) {
                throw failure(Reason.NOT_A_TRACE, path.getFileName() + " is no Chronicle Queue file; " + NAME_A_TRACE);
            }
            if (file.first() == QueueFile.Found.DOCUMENT) {
                return true;
            }
            return noFirstDocument();
        } catch (TraceFormatException e) {
            close();
            throw e;
        } catch (IOException e) {
            close();
            throw unreadable(e);
        }
    }

    private boolean noFirstDocument() throws TraceFormatException {
        if (!live) {
            missing();
        }
        close();
        file = null;
        return false;
    }

    private Path findFile() throws TraceFormatException, IOException {
        if (!Files.exists(directory)) {
            return absent("there is no such directory");
        }
        if (!Files.isDirectory(directory)) {
            throw failure(Reason.NOT_A_TRACE, "it is no directory; " + NAME_A_TRACE);
        }
        List<Path> files;
        try (Stream<Path> entries = Files.list(directory)) {
            files = entries.filter(path -> path.getFileName().toString().endsWith(FILE_SUFFIX))
                    .limit(2)
                    .collect(Collectors.toList());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (files.isEmpty()) {
            return absent("it holds no " + FILE_SUFFIX + " file");
        }
        if (files.size() > 1) {
            throw failure(
                    Reason.NOT_A_TRACE,
                    "it holds more than one " + FILE_SUFFIX + " file, a trace has one; " + NAME_A_TRACE);
        }
        if (!Files.isRegularFile(files.get(0))) {
            throw failure(Reason.NOT_A_TRACE, files.get(0).getFileName() + " is no regular file; " + NAME_A_TRACE);
        }
        return files.get(0);
    }

    private Path absent(String what) throws TraceFormatException {
        if (live) {
            return null;
        }
        throw failure(Reason.NOT_A_TRACE, what + "; " + NAME_A_TRACE);
    }

    private TraceFormatException broken(Reason reason, String what) {
        return failure(
                reason,
                "record " + (records + 1) + " (byte " + file.documentPosition() + ") " + what
                        + "; copy the trace again, or record it again");
    }

    private TraceFormatException unreadable(IOException cause) {
        return new TraceFormatException(
                Reason.UNREADABLE,
                "cannot read trace " + directory + ": " + cause.getMessage() + "; check who owns it and the disk",
                cause);
    }

    private TraceFormatException failure(Reason reason, String what) {
        return new TraceFormatException(reason, "cannot read trace " + directory + ": " + what);
    }
}
