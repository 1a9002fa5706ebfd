package dev.godwit.hypervisor.device;

import dev.godwit.hypervisor.sim.VirtualClock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Storage that both hosts reach: does one request after the other at a bandwidth, and answers each a latency later.
 *
 * <p>Example: 125 MiB/s and 1 ms: a block takes 31 us; of a hundred asked for at once the first is answered after
 * 1.03 ms, the last after 4.1 ms. An answer is heard at the end of the stretch of virtual time that it falls into.
 */
public final class SharedStorage implements VirtualClock.Passenger {
    /** A network volume of the common kind: Amazon EBS gp3 is sold with 125 MiB/s. */
    public static final long DEFAULT_BANDWIDTH_BYTES_PER_SECOND = 125L << 20;

    /** The same volume promises single-digit milliseconds; this is the lower end of that. */
    public static final long DEFAULT_LATENCY_NANOS = 1_000_000;

    private final VirtualClock clock;
    private final long nanosForBlock;
    private final long latencyNanos;
    private final Deque<Order> orders = new ArrayDeque<>();
    private final Map<Long, Long> blocks = new HashMap<>();
    private DiskWatch watch = DiskWatch.NONE;
    private long busyUntilNanos;

    /** A request that the storage has taken. */
    final class Order {
        private final DiskRequest request;
        private final LongConsumer done;
        private final long answeredNanos;
        private boolean open = true;

        private Order(DiskRequest request, long answeredNanos, LongConsumer done) {
            this.request = request;
            this.answeredNanos = answeredNanos;
            this.done = done;
        }

        DiskRequest request() {
            return request;
        }

        /** When it will have been answered. */
        long answeredNanos() {
            return answeredNanos;
        }

        private void carryOut() {
            if (!open) {
                return;
            }
            open = false;
            watch.applied(request);
            if (request.write()) {
                blocks.put(request.block(), request.content());
            }
            done.accept(content(request.block()));
        }

        /** The host no longer wants it: it will not be done. A storage that cannot promise this has to be drained. */
        void withdraw() {
            open = false;
        }
    }

    /**
     * @param clock whose time requests take; whoever is to be run before requests are answered is aboard already
     * @param bandwidthBytesPerSecond what it does, positive
     * @param latencyNanos of each request, not negative
     */
    public SharedStorage(VirtualClock clock, long bandwidthBytesPerSecond, long latencyNanos) {
        if (bandwidthBytesPerSecond <= 0 || latencyNanos < 0) {
            throw new IllegalArgumentException("storage of " + bandwidthBytesPerSecond + " bytes/s and " + latencyNanos
                    + " ns: give a bandwidth above zero and a latency of zero or more");
        }
        this.clock = clock;
        this.nanosForBlock = (long) Math.ceil(DiskRequest.BLOCK_BYTES * 1e9 / bandwidthBytesPerSecond);
        this.latencyNanos = latencyNanos;
        clock.board(this);
    }

    /** Sets who is told of what is done. */
    public void watch(DiskWatch one) {
        watch = one;
    }

    /** What a block holds, 0 if it was never written. */
    public long content(long block) {
        return blocks.getOrDefault(block, 0L);
    }

    /**
     * Takes a request.
     *
     * @param done gets what the block holds
     */
    Order take(DiskRequest request, LongConsumer done) {
        busyUntilNanos = Math.max(busyUntilNanos, clock.nanos()) + nanosForBlock;
        Order order = new Order(request, busyUntilNanos + latencyNanos, done);
        orders.add(order);
        return order;
    }

    @Override
    public void passTime(long fromNanos, long toNanos) {
        while (!orders.isEmpty() && orders.getFirst().answeredNanos <= toNanos) {
            orders.removeFirst().carryOut();
        }
    }
}
