package dev.godwit.demo.orders;

import dev.godwit.hint.MigrationHints;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The nightly batch: while the shop is closed, the oldest orders of each district are delivered and charged, and the
 * day's figures are written down.
 *
 * <p>A pause in the middle would delay the opening, so the batch is a critical section; behind it lies a safe point,
 * and the rest of the night is quiet.
 */
final class Settlement implements Runnable {
    /** A night never ends sooner than this after the shop has closed. */
    private static final Duration NIGHT = Duration.ofMillis(400);

    private static final int DELIVERIES_PER_DISTRICT = 20;

    private final Database database;
    private final OrdersOptions options;
    private final Shop shop;
    private int day;

    Settlement(Database database, OrdersOptions options, Shop shop) {
        this.database = database;
        this.options = options;
        this.shop = shop;
    }

    @Override
    public void run() {
        try (Connection connection = database.connect()) {
            Night night = new Night(connection, options);
            while (sleepWhileTrading(options.daySeconds() * 1_000L)) {
                settle(night);
            }
        } catch (SQLException | RuntimeException e) {
            shop.fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Number of nights settled; read it when the thread has ended. */
    int days() {
        return day;
    }

    @SuppressWarnings("try") // the section is there to be closed
    private void settle(Night night) throws SQLException, InterruptedException {
        shop.closedHours().lock();
        try {
            long closedAt = System.nanoTime();
            try (var section = MigrationHints.critical("settlement")) {
                night.settle(++day);
            }
            MigrationHints.safePoint("settled");
            long left = NIGHT.toNanos() - (System.nanoTime() - closedAt);
            if (left > 0) {
                Duration rest = Duration.ofNanos(left);
                MigrationHints.quiet("night", rest);
                sleepWhileTrading(rest.toMillis());
            }
        } finally {
            shop.closedHours().unlock();
        }
    }

    /** Returns true if the shop is still trading when the time is over. */
    private boolean sleepWhileTrading(long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        while (shop.isTrading() && end - System.nanoTime() > 0) {
            Thread.sleep(Math.max(1, Math.min(20, (end - System.nanoTime()) / 1_000_000)));
        }
        return shop.isTrading();
    }

    /** The statements of the batch. */
    private static final class Night {
        private final OrdersOptions options;
        private final Transactions transactions;
        private final PreparedStatement undelivered;
        private final PreparedStatement amount;
        private final PreparedStatement deliverLines;
        private final PreparedStatement deliverOrder;
        private final PreparedStatement orderCustomer;
        private final PreparedStatement charge;
        private final PreparedStatement remove;
        private final PreparedStatement insertSettlement;

        Night(Connection connection, OrdersOptions options) throws SQLException {
            this.options = options;
            transactions = new Transactions(connection, new SplittableRandom(options.seed()));
            undelivered = connection.prepareStatement("SELECT no_o_id FROM new_order WHERE no_w_id = ? AND no_d_id = ?"
                    + " ORDER BY no_o_id FETCH FIRST " + DELIVERIES_PER_DISTRICT + " ROWS ONLY");
            amount = connection.prepareStatement(
                    "SELECT SUM(ol_amount) FROM order_line WHERE ol_w_id = ? AND ol_d_id = ? AND ol_o_id = ?");
            deliverLines = connection.prepareStatement(
                    "UPDATE order_line SET ol_delivery_d = ? WHERE ol_w_id = ? AND ol_d_id = ? AND ol_o_id = ?");
            deliverOrder = connection.prepareStatement(
                    "UPDATE orders SET o_carrier_id = ? WHERE o_w_id = ? AND o_d_id = ? AND o_id = ?");
            orderCustomer = connection.prepareStatement(
                    "SELECT o_c_id FROM orders WHERE o_w_id = ? AND o_d_id = ? AND o_id = ?");
            charge = connection.prepareStatement(
                    "UPDATE customer SET c_balance = c_balance + ?" + " WHERE c_w_id = ? AND c_d_id = ? AND c_id = ?");
            remove = connection.prepareStatement(
                    "DELETE FROM new_order WHERE no_w_id = ? AND no_d_id = ? AND no_o_id = ?");
            insertSettlement = connection.prepareStatement("INSERT INTO settlement VALUES (?, ?, ?, ?, ?)");
        }

        void settle(int day) throws SQLException {
            for (int warehouse = 1; warehouse <= options.warehouses(); warehouse++) {
                int settled = warehouse;
                transactions.run(() -> {
                    for (int district = 1; district <= Schema.DISTRICTS; district++) {
                        settleDistrict(day, settled, district);
                    }
                    return true;
                });
            }
        }

        private void settleDistrict(int day, int warehouse, int district) throws SQLException {
            BigDecimal total = BigDecimal.ZERO;
            List<Integer> orders = new ArrayList<>();
            try (ResultSet rows = Rows.query(undelivered, warehouse, district)) {
                while (rows.next()) {
                    orders.add(rows.getInt(1));
                }
            }
            Timestamp now = new Timestamp(System.currentTimeMillis());
            for (int order : orders) {
                BigDecimal due = Rows.decimal(amount, warehouse, district, order);
                int customer;
                try (ResultSet row = Rows.query(orderCustomer, warehouse, district, order)) {
                    row.next();
                    customer = row.getInt(1);
                }
                Rows.updateAny(deliverLines, now, warehouse, district, order);
                Rows.update(deliverOrder, 1 + day % 10, warehouse, district, order);
                Rows.update(charge, due, warehouse, district, customer);
                Rows.update(remove, warehouse, district, order);
                total = total.add(due);
            }
            Rows.update(insertSettlement, day, warehouse, district, orders.size(), total);
        }
    }
}
