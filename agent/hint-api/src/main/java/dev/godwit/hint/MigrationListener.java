package dev.godwit.hint;

/**
 * Is told of the migrations of the virtual machine that the application runs in. The description of the package says by which
 * thread, in which order, and for how long a listener is waited for.
 */
public interface MigrationListener {

    /** The machine is about to be paused, in some milliseconds. What is quick and makes the pause cheaper may be done now. */
    default void preparing() {}

    /** The machine runs again, after a pause that was not announced in time perhaps; mostly at another host. */
    default void resumed() {}

    /** There will be no pause now, although {@link #preparing} was called. */
    default void aborted() {}
}
