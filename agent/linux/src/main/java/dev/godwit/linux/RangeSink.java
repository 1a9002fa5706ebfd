package dev.godwit.linux;

/** Takes address ranges one by one. */
@FunctionalInterface
public interface RangeSink {
    /** A range of whole pages from {@code start} to before {@code end}, ascending and not overlapping. */
    void range(long start, long end);
}
