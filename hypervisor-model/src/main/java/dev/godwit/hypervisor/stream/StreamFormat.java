package dev.godwit.hypervisor.stream;

/**
 * Offsets and bounds of the stream; {@code STREAM.md} says what they mean. All numbers are little-endian.
 *
 * <pre>
 *  0        4      6    7    8          12       16
 * +--------+------+----+----+----------+--------+---------
 * | length | type | dir| 0  | number   | crc32c | payload
 * +--------+------+----+----+----------+--------+---------
 * </pre>
 */
public final class StreamFormat {
    /** "GODWIT" and a line end, as a little-endian number. */
    static final long MAGIC = 0x0A0D_5449_5744_4F47L;

    /** The only version there is. */
    public static final int VERSION = 1;

    static final int PREAMBLE_BYTES = 16;
    static final int CONTENTS_FORWARD = 1;
    static final int CONTENTS_REVERSE = 2;
    static final int CONTENTS_CAPTURE = 3;

    /** Bytes in front of each payload. */
    public static final int HEADER_BYTES = 16;

    static final int LENGTH_OFFSET = 0;
    static final int TYPE_OFFSET = 4;
    static final int DIRECTION_OFFSET = 6;
    static final int NUMBER_OFFSET = 8;
    static final int CHECKSUM_OFFSET = 12;

    /** No record is larger: what a reader may have to allocate. */
    public static final int MAX_PAYLOAD_BYTES = 4 << 20;

    /** Types from here on may be skipped by a reader that does not know them. */
    static final int FIRST_OPTIONAL_TYPE = 0x8000;

    static final int RUN_BYTES = 16;
    static final int RUNS_OFFSET = 8;

    /** In front of the entries of a Pages record. */
    public static final int PAGES_HEADER_BYTES = 8;

    /** For each run of pages of a Pages record. */
    public static final int ENTRY_BYTES = 16;

    /** Runs of pages in one Pages record. */
    public static final int MAX_ENTRIES = 1 << 16;

    static final int FLAG_ANSWER = 1;
    static final int HASHES_HEADER_BYTES = 16;
    static final int STATE_HEADER_BYTES = 8;
    static final int DIGEST_BYTES = 32;

    /** Size of a session's name. */
    public static final int SESSION_BYTES = 16;

    /** Largest token of Hello and Ready. */
    public static final int MAX_TOKEN_BYTES = 64;

    static final int MAX_NAME_BYTES = 256;
    static final int MAX_TEXT_BYTES = 1024;

    /** Feature: the destination may send pages back. */
    public static final int FEATURE_SEND_BACK = 1;

    /** Feature: the destination reads pages from files that the source names. */
    public static final int FEATURE_FILES = 2;

    /** Pages of one {@code Stored} record, and hashes of its answer, at most. */
    public static final int MAX_STORED_PAGES = 1 << 16;

    /** Longest path of a file. */
    public static final int MAX_PATH_BYTES = 4096;

    /** Flag of a guest: the destination sends pages back. */
    public static final int GUEST_SENDS_BACK = 1;

    /** Page numbers are below it. */
    public static final long MAX_PAGE_NUMBER = 1L << 52;

    /** Pages of all ranges together. */
    public static final long MAX_GUEST_PAGES = 1L << 29;

    /** Runs of all ranges together: what a peer can make the other side hold. */
    public static final int MAX_RANGES = 1 << 16;

    static final int MIN_PAGE_BYTES = 4096;

    /** Largest page. */
    public static final int MAX_PAGE_BYTES = 1 << 16;

    /** Of Verified: no page differs. */
    public static final long NO_PAGE = -1;

    private StreamFormat() {}
}
