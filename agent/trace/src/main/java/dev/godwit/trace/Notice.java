package dev.godwit.trace;

/**
 * Something that the reader of a trace should know: no layout for this collector, a fallback that was taken.
 *
 * @param timeNanos when it was noticed
 * @param text one line
 */
public record Notice(long timeNanos, String text) implements TraceRecord {}
