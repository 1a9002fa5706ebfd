package dev.godwit.hypervisor.stream;

/**
 * Pages one behind the other.
 *
 * @param first page number
 * @param pages how many, at least one
 * @param kind code of the kind of memory, 0 if unknown
 */
public record PageRun(long first, int pages, int kind) {

    /** Of an unknown kind. */
    public PageRun(long first, int pages) {
        this(first, pages, 0);
    }

    /** The page behind the last one. */
    public long end() {
        return first + pages;
    }
}
