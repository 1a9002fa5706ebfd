package dev.godwit.hypervisor.stream.verify;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Reads a whole capture and holds it against {@code STREAM.md}: framing, checksums, numbering, digests, the order of the
 * records of both directions, ranges, counters, that each page goes at most once in a round, that each delta has a
 * version to start from, and that what the destination can restore has the hashes that the source gave.
 */
public final class StreamVerifier {
    private static final byte[] MAGIC = {'G', 'O', 'D', 'W', 'I', 'T', '\r', '\n'};
    private static final int VERSION = 1;
    private static final int CAPTURE = 3;
    private static final int HEADER = 16;
    private static final int LARGEST_PAYLOAD = 4 * 1024 * 1024;
    private static final int FORWARD = 1;
    private static final int REVERSE = 2;
    private static final int END = 24;
    private static final int OPTIONAL = 0x8000;

    private final CaptureBytes file;
    private final byte[] header = new byte[HEADER];
    private final MessageDigest[] digests = {null, sha256(), sha256()};
    private final long[] records = new long[3];
    private final long[] bytes = new long[3];
    private byte[] payload = new byte[1 << 16];
    private long at;

    private StreamVerifier(CaptureBytes file) {
        this.file = file;
    }

    /**
     * Verifies a file.
     *
     * @throws StreamRefused if it is no capture of a correct migration; one line that says where and why
     * @throws IOException if it cannot be read
     */
    public static Findings verify(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return verify(CaptureBytes.of(channel));
        }
    }

    /** Verifies bytes. */
    public static Findings verify(CaptureBytes bytes) throws IOException {
        return new StreamVerifier(bytes).run();
    }

    private Findings run() throws IOException {
        try (PageContents contents = new PageContents()) {
            RecordedCourse course = new RecordedCourse(file, contents);
            readPreamble();
            while (at < file.size()) {
                readRecord(course);
            }
            course.requireEnded();
            return course.findings(records[FORWARD] + records[REVERSE], at);
        } catch (StreamRefused refused) {
            throw new StreamRefused("at byte " + at + ": " + refused.getMessage());
        }
    }

    private void readPreamble() throws IOException {
        read(header, HEADER, "the preamble");
        if (!Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new StreamRefused("this is no migration stream");
        }
        CRC32C crc = new CRC32C();
        crc.update(header, 0, 12);
        Payload fields = new Payload(header, HEADER, "preamble");
        fields.skip(MAGIC.length);
        int version = fields.u16();
        int contents = fields.u8();
        fields.zeros(1);
        fields.require(fields.u32() == crc.getValue(), "the checksum is wrong");
        fields.require(version == VERSION, "version " + version + " is not known, only version " + VERSION + " is");
        fields.require(
                contents == CAPTURE, "contents " + contents + ": only captures of both directions can be verified");
        at += HEADER;
    }

    private void readRecord(RecordedCourse course) throws IOException {
        read(header, HEADER, "a record");
        Payload fields = new Payload(header, HEADER, "header of a record");
        long length = fields.u32();
        int type = fields.u16();
        int direction = fields.u8();
        fields.zeros(1);
        long number = fields.u32();
        long checksum = fields.u32();
        fields.require(length <= LARGEST_PAYLOAD, "a payload of " + length + " bytes");
        fields.require(direction == FORWARD || direction == REVERSE, "direction " + direction);
        fields.require(
                number == (records[direction] & 0xFFFF_FFFFL),
                "number " + number + " instead of " + records[direction]);
        if (length > payload.length) {
            payload = new byte[LARGEST_PAYLOAD];
        }
        long payloadAt = at + HEADER;
        if (length > file.size() - payloadAt) {
            throw new StreamRefused("the file is cut off within a record");
        }
        file.read(payloadAt, payload, (int) length);
        CRC32C crc = new CRC32C();
        crc.update(header, 0, 12);
        crc.update(payload, 0, (int) length);
        fields.require(crc.getValue() == checksum, "the checksum is wrong");
        if (type == END) {
            checkEnd((int) length, direction);
        }
        if (type < OPTIONAL || type == END) {
            course.take(type, direction == FORWARD, payload, (int) length, payloadAt);
        }
        digests[direction].update(header);
        records[direction]++;
        bytes[direction] += HEADER + length;
        at = payloadAt + length;
    }

    private void checkEnd(int length, int direction) throws StreamRefused {
        Payload end = new Payload(payload, length, "End");
        end.require(
                end.u63() == records[direction],
                "another number of records than the " + records[direction] + " before it");
        end.require(
                end.u63() == bytes[direction], "another number of bytes than the " + bytes[direction] + " before it");
        end.require(Arrays.equals(end.take(32), digests[direction].digest()), "the digest is wrong");
        end.finish();
    }

    private void read(byte[] into, int length, String what) throws IOException {
        if (length > file.size() - at) {
            throw new StreamRefused("the file is cut off within " + what);
        }
        file.read(at, into, length);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
