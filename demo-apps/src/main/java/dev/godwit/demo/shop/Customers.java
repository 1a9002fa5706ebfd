package dev.godwit.demo.shop;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * The customers: an open loop. When each request is due is fixed by the rate alone, whatever became of those before it;
 * the next free connection sends it, and its latency counts from when it was due. A shop that stands still for a second
 * so gets the bad marks of all requests of that second, not of the one that happened to be under way.
 */
final class Customers {
    private static final int FIRST_VISITS = 200;
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final InetSocketAddress shop;
    private final ShopOptions options;
    private final AtomicLong due = new AtomicLong();
    private final RequestCount answered;
    private final Recorder recorder = new Recorder(LONGEST_NANOS, SIGNIFICANT_DIGITS);
    private final Histogram all = new Histogram(LONGEST_NANOS, SIGNIFICANT_DIGITS);
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Visits> visits = new ArrayList<>();
    private Tally firstVisits = Tally.NONE;
    private long startNanos;
    private volatile boolean open = true;

    Customers(InetSocketAddress shop, ShopOptions options) throws IOException {
        this.shop = shop;
        this.answered = options.countIn().isPresent()
                ? RequestCount.in(options.countIn().get())
                : RequestCount.here();
        this.options = options;
        for (int number = 0; number < options.clients(); number++) {
            Visits own = new Visits(new SplittableRandom(options.seed() * 1_000_003 + number));
            visits.add(own);
            threads.add(new Thread(own, "customers-" + number));
        }
    }

    /** A few customers one after the other, who count only in the books: the first requests load classes. */
    void warmUp() throws IOException {
        Visits first = new Visits(new SplittableRandom(options.seed()));
        try (HttpConnection connection = new HttpConnection(shop)) {
            for (int i = 0; i < FIRST_VISITS; i++) {
                first.visit(connection);
            }
        }
        firstVisits = first.tally;
    }

    /** The requests become due from now on. */
    void start() {
        startNanos = System.nanoTime();
        threads.forEach(Thread::start);
    }

    /** True until the end, or until a request failed. */
    boolean areComing() {
        return open;
    }

    /** No more requests; returns when those under way have been answered. */
    void stop() throws InterruptedException {
        open = false;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
            thread.join();
        }
    }

    /** Requests answered so far. */
    long answered() {
        return answered.get();
    }

    /** Latencies since the last call, in nanoseconds. */
    Histogram takeLatencies() {
        Histogram taken = recorder.getIntervalHistogram();
        all.add(taken);
        return taken;
    }

    /** Latencies of the whole run up to the last {@link #takeLatencies}. */
    Histogram allLatencies() {
        return all;
    }

    Optional<Exception> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** What customers were told before the start. */
    Tally firstVisits() {
        return firstVisits;
    }

    /** What customers were told since the start; call it when they have stopped. */
    Tally tally() {
        return visits.stream().map(each -> each.tally).reduce(Tally.NONE, Tally::plus);
    }

    /**
     * What customers were told.
     *
     * @param purchases orders that were taken
     * @param refused orders that named a product that does not exist
     * @param views pages looked at
     * @param turnover what the purchases cost
     * @param receivedBytes of all answers
     */
    record Tally(long purchases, long refused, long views, BigDecimal turnover, long receivedBytes) {
        static final Tally NONE = new Tally(0, 0, 0, BigDecimal.ZERO, 0);

        Tally plus(Tally other) {
            return new Tally(
                    purchases + other.purchases,
                    refused + other.refused,
                    views + other.views,
                    turnover.add(other.turnover),
                    receivedBytes + other.receivedBytes);
        }
    }

    /** The requests of one connection. */
    private final class Visits implements Runnable {
        private final SplittableRandom random;
        private Tally tally = Tally.NONE;

        Visits(SplittableRandom random) {
            this.random = random;
        }

        @Override
        public void run() {
            try (HttpConnection connection = new HttpConnection(shop)) {
                long dueNanos = awaitTurn();
                while (open) {
                    visit(connection);
                    recorder.recordValue(Math.min(Math.max(System.nanoTime() - dueNanos, 0), LONGEST_NANOS));
                    answered.increment();
                    dueNanos = awaitTurn();
                }
            } catch (IOException | RuntimeException e) {
                failure.compareAndSet(null, e);
                open = false;
            }
        }

        /** Takes the next request and waits until it is due; returns when that was. */
        private long awaitTurn() {
            if (options.rate() == 0) {
                return System.nanoTime();
            }
            long number = due.getAndIncrement();
            long dueNanos = startNanos + (long) (number * (1e9 / options.rate()));
            for (long now = System.nanoTime(); now < dueNanos && open; now = System.nanoTime()) {
                LockSupport.parkNanos(dueNanos - now);
            }
            return dueNanos;
        }

        /** Three in ten requests are orders, one in a hundred of which names a product that does not exist. */
        private void visit(HttpConnection connection) throws IOException {
            int kind = random.nextInt(10);
            if (kind < 3) {
                order(connection);
            } else if (kind < 7) {
                view(connection, "/product?id=" + product());
            } else {
                view(connection, "/products?page=" + random.nextInt(1 + options.items() / 20));
            }
        }

        private void view(HttpConnection connection, String target) throws IOException {
            HttpConnection.Answer answer = connection.send("GET", target);
            expect(target, answer.status(), 200);
            tally = tally.plus(new Tally(0, 0, 1, BigDecimal.ZERO, answer.bytes()));
        }

        private void order(HttpConnection connection) throws IOException {
            StringBuilder target = new StringBuilder("/order?customer=").append(random.nextInt(100_000));
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                target.append("&item=").append(product());
            }
            boolean refused = random.nextInt(100) == 0;
            if (refused) {
                target.append("&item=").append(options.items() + 1);
            }
            HttpConnection.Answer answer = connection.send("POST", target.toString());
            expect(target.toString(), answer.status(), refused ? 404 : 200);
            BigDecimal paid = refused ? BigDecimal.ZERO : new BigDecimal(answer.total());
            tally = tally.plus(new Tally(refused ? 0 : 1, refused ? 1 : 0, 0, paid, answer.bytes()));
        }

        /** Some products are asked for far more often than others. */
        private int product() {
            return 1 + (random.nextInt(256) | random.nextInt(options.items())) % options.items();
        }

        private void expect(String target, int status, int expected) throws IOException {
            if (status != expected) {
                throw new IOException("the answer to " + target + " has status " + status);
            }
        }
    }
}
