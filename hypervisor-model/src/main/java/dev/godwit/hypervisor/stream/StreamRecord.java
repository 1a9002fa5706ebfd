package dev.godwit.hypervisor.stream;

/**
 * A record of the stream. {@code STREAM.md} says what each means, when it may come, and how it is laid out.
 *
 * <p>Arrays belong to whoever made the record; neither writer nor reader changes or keeps them.
 */
public sealed interface StreamRecord permits ControlRecord, PagesRecord {

    /** Which record it is; each type has one class. */
    RecordType type();
}
