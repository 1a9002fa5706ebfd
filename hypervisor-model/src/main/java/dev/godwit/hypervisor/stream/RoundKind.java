package dev.godwit.hypervisor.stream;

/** What a round is for. */
public enum RoundKind {
    /** The guest runs at the source. */
    LIVE(1, "live"),
    /** The guest stands still. */
    PAUSED(2, "paused"),
    /** The guest runs at the destination, ahead of its memory. */
    DEMAND(3, "demand"),
    /** Reverse: what the guest wrote at the destination. */
    BACK(4, "back");

    private final int code;
    private final String label;

    RoundKind(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /** On the wire. */
    public int code() {
        return code;
    }

    /** Name in messages. */
    public String label() {
        return label;
    }

    /** Null if there is none. */
    static RoundKind ofCode(int code) {
        return code >= 1 && code <= values().length ? values()[code - 1] : null;
    }
}
