package dev.godwit.hypervisor.page;

/** What can be made of a page. */
public enum Encoding {
    /** Nothing but zeros: nine bytes. */
    ZERO(0, "zero"),
    /** As it is. */
    RAW(1, "raw"),
    /** {@link dev.godwit.trace.PageDelta} of the version sent before. */
    DELTA(2, "delta"),
    LZ4(3, "lz4"),
    /** zstd, level 1. */
    ZSTD(4, "zstd");

    private final int index;
    private final String label;

    Encoding(int index, String label) {
        this.index = index;
        this.label = label;
    }

    /** Place in an array with one element for each. */
    public int index() {
        return index;
    }

    /** Name in tables and JSON. */
    public String label() {
        return label;
    }
}
