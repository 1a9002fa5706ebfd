package dev.godwit.linux.guardian;

/** Faults in the order in which they came, with the time: a ring of fixed size that allocates nothing. */
final class WaitingFaults {
    private final long[] addresses;
    private final long[] sinceNanos;
    private int first;
    private int count;

    WaitingFaults(int limit) {
        this.addresses = new long[limit];
        this.sinceNanos = new long[limit];
    }

    int count() {
        return count;
    }

    boolean isFull() {
        return count == addresses.length;
    }

    void add(long address, long nowNanos) {
        if (isFull()) {
            throw new IllegalStateException("no more than " + addresses.length + " faults");
        }
        int at = (first + count++) % addresses.length;
        addresses[at] = address;
        sinceNanos[at] = nowNanos;
    }

    long firstAddress() {
        return addresses[first];
    }

    long firstSinceNanos() {
        return sinceNanos[first];
    }

    void removeFirst() {
        first = (first + 1) % addresses.length;
        count--;
    }
}
