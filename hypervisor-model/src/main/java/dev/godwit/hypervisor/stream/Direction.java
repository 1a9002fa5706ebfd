package dev.godwit.hypervisor.stream;

/** Which way a record goes. */
public enum Direction {
    /** From the source to the destination. */
    FORWARD(1, "forward"),
    /** From the destination to the source. */
    REVERSE(2, "reverse");

    private final int code;
    private final String label;

    Direction(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /** On the wire. */
    public int code() {
        return code;
    }

    /** Place in an array with one element for each. */
    public int index() {
        return code - 1;
    }

    /** Name in messages. */
    public String label() {
        return label;
    }
}
