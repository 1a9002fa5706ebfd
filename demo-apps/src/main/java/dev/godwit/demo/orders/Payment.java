package dev.godwit.demo.orders;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;

/** Takes a customer's payment: TPC-C's payment transaction. */
final class Payment {
    private final PreparedStatement warehouse;
    private final PreparedStatement district;
    private final PreparedStatement customersByName;
    private final PreparedStatement customer;
    private final PreparedStatement insertHistory;

    Payment(Connection connection) throws SQLException {
        warehouse = connection.prepareStatement("UPDATE warehouse SET w_ytd = w_ytd + ? WHERE w_id = ?");
        district = connection.prepareStatement("UPDATE district SET d_ytd = d_ytd + ? WHERE d_w_id = ? AND d_id = ?");
        customersByName = connection.prepareStatement("SELECT c_id, c_first FROM customer"
                + " WHERE c_w_id = ? AND c_d_id = ? AND c_last = ? ORDER BY c_first");
        customer = connection.prepareStatement("UPDATE customer SET c_balance = c_balance - ?,"
                + " c_ytd_payment = c_ytd_payment + ?, c_payment_cnt = c_payment_cnt + 1"
                + " WHERE c_w_id = ? AND c_d_id = ? AND c_id = ?");
        insertHistory = connection.prepareStatement("INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    }

    /** Does the work of one transaction; the caller commits or rolls back. */
    void execute(Request request) throws SQLException {
        BigDecimal amount = request.amount();
        int payer = request.lastName().isEmpty() ? request.customer() : middleCustomer(request);
        Rows.update(warehouse, amount, request.warehouse());
        Rows.update(district, amount, request.warehouse(), request.district());
        Rows.update(customer, amount, amount, request.customerWarehouse(), request.customerDistrict(), payer);
        Rows.update(
                insertHistory,
                request.customerWarehouse(),
                request.customerDistrict(),
                payer,
                request.warehouse(),
                request.district(),
                new Timestamp(System.currentTimeMillis()),
                amount,
                "wh-" + request.warehouse() + " d-" + request.district());
    }

    /** Of the customers of that last name, the one in the middle by first name, as TPC-C asks. */
    private int middleCustomer(Request request) throws SQLException {
        List<Integer> found = new ArrayList<>();
        try (ResultSet rows = Rows.query(
                customersByName, request.customerWarehouse(), request.customerDistrict(), request.lastName())) {
            while (rows.next()) {
                found.add(rows.getInt(1));
            }
        }
        return found.get(found.size() / 2);
    }

    /**
     * A payment as it comes in.
     *
     * @param lastName how the customer is looked up; empty when by {@code customer}
     */
    record Request(
            int warehouse,
            int district,
            int customerWarehouse,
            int customerDistrict,
            int customer,
            String lastName,
            BigDecimal amount) {}
}
