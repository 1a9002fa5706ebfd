package dev.godwit.trace;

/**
 * Records that the recorder had to drop since the last such record, because its queue was full or a record was too
 * large.
 *
 * @param timeNanos when it was counted
 * @param records number of records dropped
 * @param recordType simple name of the type of the dropped records
 */
public record Loss(long timeNanos, String recordType, long records) implements TraceRecord {}
