package dev.godwit.hypervisor.stream;

/** How a page stands in a Pages record. */
public enum WireEncoding {
    /** Nothing but zeros. */
    ZERO(1, "zero"),
    /** As it is. */
    RAW(2, "raw"),
    /** {@link dev.godwit.trace.PageDelta} of the version that last went over, in either direction. */
    DELTA(3, "delta"),
    /** An LZ4 block. */
    LZ4(4, "lz4"),
    /** A zstd frame. */
    ZSTD(5, "zstd"),
    /** Nobody needs what it holds. */
    DROPPED(6, "dropped"),
    /** The destination reads it from shared storage. */
    STORED(7, "stored");

    /** How many there are. */
    static final int COUNT = 7;

    private static final WireEncoding[] BY_CODE = {null, ZERO, RAW, DELTA, LZ4, ZSTD, DROPPED, STORED};

    private final int code;
    private final String label;

    WireEncoding(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /** On the wire. */
    public int code() {
        return code;
    }

    /** Name in messages and reports. */
    public String label() {
        return label;
    }

    /** True if one entry stands for one page, with a size of its own. */
    public boolean isCompressed() {
        return this == DELTA || this == LZ4 || this == ZSTD;
    }

    /** Null if there is none. */
    static WireEncoding ofCode(int code) {
        return code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
