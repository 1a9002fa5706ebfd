package dev.godwit.demo.orders;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.locks.Lock;

/** One thread of the service: takes orders and payments for its home warehouse, one after the other. */
final class Client implements Runnable {
    private final Database database;
    private final OrdersOptions options;
    private final Shop shop;
    private final int home;
    private final SplittableRandom random;
    private final Terminal terminal = new Terminal();

    private final Tally tally = new Tally();

    Client(int number, Database database, OrdersOptions options, Shop shop) {
        this.database = database;
        this.options = options;
        this.shop = shop;
        this.home = 1 + number % options.warehouses();
        this.random = new SplittableRandom(options.seed() * 1_000_003 + number);
    }

    @Override
    public void run() {
        try (Connection connection = database.connect()) {
            Transactions transactions = new Transactions(connection, random);
            NewOrder newOrder = new NewOrder(connection);
            Payment payment = new Payment(connection);
            Lock open = shop.openHours();
            Pace pace = new Pace(options.rate(), options.clients());
            while (shop.isTrading()) {
                pace.await();
                open.lock();
                try {
                    if (random.nextInt(100) < 51) {
                        takeOrder(transactions, newOrder);
                    } else {
                        takePayment(transactions, payment);
                    }
                } finally {
                    open.unlock();
                }
                shop.countOperation();
            }
            tally.retries = transactions.retries();
            tally.sentBytes = terminal.sentBytes();
        } catch (SQLException | RuntimeException e) {
            shop.fail(e);
        }
    }

    /** What was committed; read it when the thread has ended. */
    Tally tally() {
        return tally;
    }

    private void takeOrder(Transactions transactions, NewOrder newOrder) throws SQLException {
        NewOrder.Request request = nextOrder();
        NewOrder.Confirmation[] confirmed = new NewOrder.Confirmation[1];
        boolean committed = transactions.run(() -> {
            Optional<NewOrder.Confirmation> confirmation = newOrder.execute(request);
            confirmed[0] = confirmation.orElse(null);
            return confirmation.isPresent();
        });
        if (!committed) {
            tally.refusedOrders++;
            terminal.answer("an item of the order does not exist");
            return;
        }
        tally.orders++;
        terminal.add(confirmed[0]);
        terminal.answer("order taken");
    }

    private void takePayment(Transactions transactions, Payment payment) throws SQLException {
        Payment.Request request = nextPayment();
        transactions.run(() -> {
            payment.execute(request);
            return true;
        });
        tally.payments++;
        tally.paid = tally.paid.add(request.amount());
        terminal.answer("payment of " + request.amount() + " taken");
    }

    private NewOrder.Request nextOrder() {
        int count = random.nextInt(5, 16);
        Map<Integer, NewOrder.Line> lines = new TreeMap<>();
        while (lines.size() < count) {
            int item = skewed(8_191, options.items());
            int supplier = random.nextInt(100) == 0 ? otherWarehouse() : home;
            lines.putIfAbsent(item, new NewOrder.Line(item, supplier, random.nextInt(1, 11)));
        }
        List<NewOrder.Line> ordered = new ArrayList<>(lines.values());
        // By warehouse, then item: all orders take stock in one sequence.
        ordered.sort(Comparator.comparingInt(NewOrder.Line::supplyWarehouse).thenComparingInt(NewOrder.Line::item));
        if (random.nextInt(100) == 0) {
            // One order in a hundred names an item that does not exist and is rolled back.
            ordered.set(count - 1, new NewOrder.Line(options.items() + 1, home, 1));
        }
        return new NewOrder.Request(home, nextDistrict(), nextCustomer(), ordered);
    }

    private Payment.Request nextPayment() {
        int district = nextDistrict();
        boolean remote = random.nextInt(100) < 15;
        String lastName = random.nextInt(100) < 60 ? Schema.lastName(skewed(63, Schema.LAST_NAMES) - 1) : "";
        return new Payment.Request(
                home,
                district,
                remote ? otherWarehouse() : home,
                remote ? nextDistrict() : district,
                nextCustomer(),
                lastName,
                BigDecimal.valueOf(random.nextInt(100, 500_001), 2));
    }

    private int nextDistrict() {
        return random.nextInt(1, Schema.DISTRICTS + 1);
    }

    private int nextCustomer() {
        return skewed(255, Schema.CUSTOMERS_PER_DISTRICT);
    }

    private int otherWarehouse() {
        int warehouses = options.warehouses();
        return warehouses == 1 ? home : 1 + (home + random.nextInt(warehouses - 1)) % warehouses;
    }

    /** TPC-C's NURand: a few values come up far more often than the rest. From 1 to {@code most}. */
    private int skewed(int mask, int most) {
        return 1 + ((random.nextInt(mask + 1) | random.nextInt(most)) + 7) % most;
    }

    /** What one client committed. */
    static final class Tally {
        private long orders;
        private long refusedOrders;
        private long payments;
        private long retries;
        private long sentBytes;
        private BigDecimal paid = BigDecimal.ZERO;

        /** Adds another tally to this one. */
        void add(Tally other) {
            orders += other.orders;
            refusedOrders += other.refusedOrders;
            payments += other.payments;
            retries += other.retries;
            sentBytes += other.sentBytes;
            paid = paid.add(other.paid);
        }

        long orders() {
            return orders;
        }

        long refusedOrders() {
            return refusedOrders;
        }

        long payments() {
            return payments;
        }

        long retries() {
            return retries;
        }

        long sentBytes() {
            return sentBytes;
        }

        BigDecimal paid() {
            return paid;
        }
    }
}
