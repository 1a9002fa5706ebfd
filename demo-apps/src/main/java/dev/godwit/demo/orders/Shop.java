package dev.godwit.demo.orders;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** What the threads of a run share: opening hours, the count of operations, the first failure. */
final class Shop {
    // Fair, so that the settlement is not starved by clients that come back at once.
    private final ReadWriteLock hours = new ReentrantReadWriteLock(true);
    private final LongAdder operations = new LongAdder();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private volatile boolean trading = true;

    /** Held by a client for each operation. */
    Lock openHours() {
        return hours.readLock();
    }

    /** Held while the shop is closed: no operation is under way. */
    Lock closedHours() {
        return hours.writeLock();
    }

    /** False when the clients should end. */
    boolean isTrading() {
        return trading;
    }

    void stopTrading() {
        trading = false;
    }

    void countOperation() {
        operations.increment();
    }

    /** Operations done so far, refused orders included. */
    long operations() {
        return operations.sum();
    }

    /** Notes the first failure and ends the run. */
    void fail(Exception e) {
        failure.compareAndSet(null, e);
        trading = false;
    }

    Optional<Exception> failure() {
        return Optional.ofNullable(failure.get());
    }
}
