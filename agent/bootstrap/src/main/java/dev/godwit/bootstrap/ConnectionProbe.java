package dev.godwit.bootstrap;

/** Finds a connection in the table without a new object for each look-up; one for each thread. */
final class ConnectionProbe {
    private Object connection;

    void aim(Object at) {
        connection = at;
    }

    /** Lets go of the connection, which must not be kept alive. */
    void clear() {
        connection = null;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(connection);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TrackedConnection tracked && tracked.isOf(connection);
    }
}
