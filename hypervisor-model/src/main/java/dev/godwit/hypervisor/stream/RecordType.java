package dev.godwit.hypervisor.stream;

/** Types of records, with their codes on the wire. */
public enum RecordType {
    HELLO(1, "Hello"),
    READY(2, "Ready"),
    GUEST(3, "Guest"),
    RANGES(4, "Ranges"),
    ROUND_BEGIN(5, "RoundBegin"),
    PAGES(6, "Pages"),
    ROUND_END(7, "RoundEnd"),
    PAUSED(8, "Paused"),
    UNPAUSED(9, "Unpaused"),
    STATE(10, "State"),
    MISSING(11, "Missing"),
    HASHES(12, "Hashes"),
    SWITCH_OVER(13, "SwitchOver"),
    RESUMED(14, "Resumed"),
    REQUEST(15, "Request"),
    REFUSED(16, "Refused"),
    ARRIVED(17, "Arrived"),
    VERIFIED(18, "Verified"),
    CONSISTENT_POINT(19, "ConsistentPoint"),
    CANCEL(20, "Cancel"),
    ERROR(21, "Error"),
    COMPLETED(22, "Completed"),
    ACKNOWLEDGED(23, "Acknowledged"),
    END(24, "End"),
    STORED(25, "Stored"),
    STORED_HASHES(26, "StoredHashes");

    private static final RecordType[] BY_CODE = byCode();

    private final int code;
    private final String label;

    RecordType(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /** On the wire. */
    public int code() {
        return code;
    }

    /** Name in {@code STREAM.md} and in messages. */
    public String label() {
        return label;
    }

    /** The type with a code, null if there is none. */
    static RecordType ofCode(int code) {
        return code < BY_CODE.length ? BY_CODE[code] : null;
    }

    private static RecordType[] byCode() {
        RecordType[] types = new RecordType[values().length + 1];
        for (RecordType type : values()) {
            types[type.code] = type;
        }
        return types;
    }
}
