/**
 * Record types of a migration trace, their versioned binary layout, and the Chronicle Queue reader and writer.
 *
 * <p>A trace is what one recording of one JVM produced: what the JVM is, what its memory held, which pages were
 * written in each interval, when it collected garbage, and what the application hinted. Addresses are virtual
 * addresses of the recorded process; a page number is an address divided by the page size; times are nanoseconds
 * since the recording started. The layout of each record is specified in {@code FORMAT.md}.
 *
 * <p>This is the only module that knows Chronicle Queue.
 */
package dev.godwit.trace;
