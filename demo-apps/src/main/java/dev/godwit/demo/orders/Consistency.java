package dev.godwit.demo.orders;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The invariants that hold when every transaction was atomic: TPC-C's consistency conditions, and that the database
 * holds exactly what the clients were told was committed.
 */
final class Consistency {
    /** Each finds the rows that break an invariant; an empty result is a held one. */
    private static final List<Invariant> INVARIANTS = List.of(
            new Invariant(
                    "year-to-date of a warehouse is the sum over its districts",
                    "SELECT w_id FROM warehouse WHERE w_ytd <>"
                            + " (SELECT SUM(d_ytd) FROM district WHERE d_w_id = w_id)"),
            new Invariant(
                    "year-to-date of a warehouse is the sum of its payments",
                    "SELECT w_id FROM warehouse WHERE w_ytd <>"
                            + " (SELECT COALESCE(SUM(h_amount), 0) FROM history WHERE h_w_id = w_id)"),
            new Invariant(
                    "a district has as many orders as it gave numbers away",
                    "SELECT d_w_id, d_id FROM district WHERE d_next_o_id - 1 <>"
                            + " (SELECT COUNT(*) FROM orders WHERE o_w_id = d_w_id AND o_d_id = d_id)"),
            new Invariant(
                    "the newest order of a district has the last number given away",
                    "SELECT d_w_id, d_id FROM district WHERE d_next_o_id - 1 <>"
                            + " (SELECT COALESCE(MAX(o_id), 0) FROM orders WHERE o_w_id = d_w_id AND o_d_id = d_id)"),
            new Invariant(
                    "an order has as many lines as it says",
                    "SELECT o_w_id, o_d_id, o_id FROM orders WHERE o_ol_cnt <> (SELECT COUNT(*) FROM order_line"
                            + " WHERE ol_w_id = o_w_id AND ol_d_id = o_d_id AND ol_o_id = o_id)"),
            new Invariant(
                    "an order is undelivered exactly when it waits for delivery",
                    "SELECT o_w_id, o_d_id, o_id FROM orders WHERE"
                            + " (o_carrier_id IS NULL AND NOT EXISTS (SELECT 1 FROM new_order"
                            + " WHERE no_w_id = o_w_id AND no_d_id = o_d_id AND no_o_id = o_id))"
                            + " OR (o_carrier_id IS NOT NULL AND EXISTS (SELECT 1 FROM new_order"
                            + " WHERE no_w_id = o_w_id AND no_d_id = o_d_id AND no_o_id = o_id))"),
            new Invariant(
                    "what a warehouse's stock gave away is what the order lines took",
                    "SELECT w_id FROM warehouse WHERE (SELECT SUM(s_ytd) FROM stock WHERE s_w_id = w_id) <>"
                            + " (SELECT COALESCE(SUM(ol_quantity), 0) FROM order_line WHERE ol_supply_w_id = w_id)"),
            new Invariant(
                    "a customer's payments are counted and summed with the customer",
                    "SELECT c_w_id, c_d_id, c_id FROM customer LEFT JOIN (SELECT h_c_w_id, h_c_d_id, h_c_id,"
                            + " SUM(h_amount) AS paid, COUNT(*) AS payments FROM history"
                            + " GROUP BY h_c_w_id, h_c_d_id, h_c_id) AS h"
                            + " ON h_c_w_id = c_w_id AND h_c_d_id = c_d_id AND h_c_id = c_id"
                            + " WHERE c_ytd_payment <> COALESCE(paid, 0) OR c_payment_cnt <> COALESCE(payments, 0)"));

    private final Connection connection;
    private final List<String> violations = new ArrayList<>();

    private Consistency(Connection connection) {
        this.connection = connection;
    }

    /**
     * Checks all invariants; changes nothing and leaves the transaction to the caller.
     *
     * @param committed what the clients were told was committed
     * @return one line for each invariant that does not hold
     */
    static List<String> violations(Connection connection, Client.Tally committed) throws SQLException {
        Consistency check = new Consistency(connection);
        for (Invariant invariant : INVARIANTS) {
            check.rowsThatBreak(invariant);
        }
        check.equal("orders in the database", "SELECT COUNT(*) FROM orders", BigDecimal.valueOf(committed.orders()));
        check.equal(
                "payments in the database", "SELECT COUNT(*) FROM history", BigDecimal.valueOf(committed.payments()));
        check.equal("money paid", "SELECT COALESCE(SUM(h_amount), 0) FROM history", committed.paid());
        // Customers owe what was delivered less what they paid.
        BigDecimal delivered =
                check.decimal("SELECT COALESCE(SUM(ol_amount), 0) FROM order_line WHERE ol_delivery_d IS NOT NULL");
        check.equal(
                "balance of all customers",
                "SELECT SUM(c_balance) FROM customer",
                delivered.subtract(committed.paid()));
        check.equal("money settled", "SELECT COALESCE(SUM(st_amount), 0) FROM settlement", delivered);
        return List.copyOf(check.violations);
    }

    private void rowsThatBreak(Invariant invariant) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(invariant.counterexamples());
                ResultSet rows = statement.executeQuery()) {
            if (rows.next()) {
                StringBuilder key = new StringBuilder();
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    key.append(column == 1 ? "" : "/").append(rows.getInt(column));
                }
                violations.add("violated: " + invariant.statement() + " (first seen at " + key + ")");
            }
        }
    }

    private void equal(String what, String sql, BigDecimal expected) throws SQLException {
        BigDecimal found = decimal(sql);
        if (found.compareTo(expected) != 0) {
            violations.add("violated: " + what + ": " + found + ", expected " + expected);
        }
    }

    private BigDecimal decimal(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return Rows.decimal(statement);
        }
    }

    private record Invariant(String statement, String counterexamples) {}
}
