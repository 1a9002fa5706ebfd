package dev.godwit.hypervisor.stream;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What End says of a direction: records, bytes, and a digest over their headers. */
final class Tally {
    private final MessageDigest digest;
    private long records;
    private long bytes;

    Tally() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java has no SHA-256, which every Java must have", missing);
        }
    }

    /** Number of the next record. */
    int number() {
        return (int) records;
    }

    /** Counts a record; the header is what is left in the buffer. */
    void add(ByteBuffer header, int payloadBytes) {
        records++;
        bytes += header.remaining() + payloadBytes;
        digest.update(header);
    }

    /** What End must say now; ends the digest. */
    ControlRecord.End end() {
        return new ControlRecord.End(records, bytes, digest.digest());
    }
}
