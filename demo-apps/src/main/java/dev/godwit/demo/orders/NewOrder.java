package dev.godwit.demo.orders;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes an order of five to fifteen lines: TPC-C's new-order transaction. */
final class NewOrder {
    private final PreparedStatement warehouseTax;
    private final PreparedStatement takeOrderId;
    private final PreparedStatement district;
    private final PreparedStatement customer;
    private final PreparedStatement insertOrder;
    private final PreparedStatement insertNewOrder;
    private final PreparedStatement item;
    private final PreparedStatement takeStock;
    private final PreparedStatement stock;
    private final PreparedStatement insertLine;

    NewOrder(Connection connection) throws SQLException {
        warehouseTax = connection.prepareStatement("SELECT w_tax FROM warehouse WHERE w_id = ?");
        takeOrderId = connection.prepareStatement(
                "UPDATE district SET d_next_o_id = d_next_o_id + 1 WHERE d_w_id = ? AND d_id = ?");
        district = connection.prepareStatement(
                "SELECT d_next_o_id - 1, d_tax FROM district WHERE d_w_id = ? AND d_id = ?");
        customer = connection.prepareStatement(
                "SELECT c_discount, c_last, c_credit FROM customer WHERE c_w_id = ? AND c_d_id = ? AND c_id = ?");
        insertOrder = connection.prepareStatement("INSERT INTO orders VALUES (?, ?, ?, ?, ?, NULL, ?, ?)");
        insertNewOrder = connection.prepareStatement("INSERT INTO new_order VALUES (?, ?, ?)");
        item = connection.prepareStatement("SELECT i_price, i_name FROM item WHERE i_id = ?");
        takeStock = connection.prepareStatement("UPDATE stock SET"
                + " s_quantity = CASE WHEN s_quantity >= ? THEN s_quantity - ? ELSE s_quantity - ? + 91 END,"
                + " s_ytd = s_ytd + ?, s_order_cnt = s_order_cnt + 1, s_remote_cnt = s_remote_cnt + ?"
                + " WHERE s_w_id = ? AND s_i_id = ?");
        stock = connection.prepareStatement("SELECT s_dist FROM stock WHERE s_w_id = ? AND s_i_id = ?");
        insertLine = connection.prepareStatement("INSERT INTO order_line VALUES (?, ?, ?, ?, ?, ?, NULL, ?, ?, ?)");
    }

    /**
     * Does the work of one transaction; the caller commits or rolls back.
     *
     * @return the confirmation, or empty when an item does not exist and the order must be rolled back
     */
    Optional<Confirmation> execute(Request request) throws SQLException {
        int warehouse = request.warehouse();
        BigDecimal tax = Rows.decimal(warehouseTax, warehouse);
        // Updated before it is read: the exclusive lock makes the number ours until the commit.
        Rows.update(takeOrderId, warehouse, request.district());
        int orderId;
        try (ResultSet row = Rows.query(district, warehouse, request.district())) {
            row.next();
            orderId = row.getInt(1);
            tax = tax.add(row.getBigDecimal(2));
        }
        BigDecimal discount;
        String lastName;
        try (ResultSet row = Rows.query(customer, warehouse, request.district(), request.customer())) {
            row.next();
            discount = row.getBigDecimal(1);
            lastName = row.getString(2) + " (" + row.getString(3) + ")";
        }
        Timestamp entered = new Timestamp(System.currentTimeMillis());
        List<Line> lines = request.lines();
        boolean allLocal = lines.stream().allMatch(line -> line.supplyWarehouse() == warehouse);
        Rows.update(
                insertOrder,
                warehouse,
                request.district(),
                orderId,
                request.customer(),
                entered,
                lines.size(),
                allLocal ? 1 : 0);
        Rows.update(insertNewOrder, warehouse, request.district(), orderId);

        BigDecimal total = BigDecimal.ZERO;
        List<String> printed = new ArrayList<>();
        for (int number = 1; number <= lines.size(); number++) {
            Line line = lines.get(number - 1);
            BigDecimal amount;
            try (ResultSet row = Rows.query(item, line.item())) {
                if (!row.next()) {
                    return Optional.empty();
                }
                amount = row.getBigDecimal(1).multiply(BigDecimal.valueOf(line.quantity()));
                printed.add(String.format("%3d x %-24s %10s", line.quantity(), row.getString(2), amount));
            }
            orderLine(request, orderId, number, line, amount);
            total = total.add(amount);
        }
        BigDecimal due = total.multiply(BigDecimal.ONE.subtract(discount))
                .multiply(BigDecimal.ONE.add(tax))
                .setScale(2, RoundingMode.HALF_EVEN);
        return Optional.of(new Confirmation(warehouse, request.district(), orderId, lastName, printed, due));
    }

    private void orderLine(Request request, int orderId, int number, Line line, BigDecimal amount) throws SQLException {
        int quantity = line.quantity();
        int remote = line.supplyWarehouse() == request.warehouse() ? 0 : 1;
        Rows.update(
                takeStock, quantity + 10, quantity, quantity, quantity, remote, line.supplyWarehouse(), line.item());
        String info;
        try (ResultSet row = Rows.query(stock, line.supplyWarehouse(), line.item())) {
            row.next();
            info = row.getString(1);
        }
        Rows.update(
                insertLine,
                request.warehouse(),
                request.district(),
                orderId,
                number,
                line.item(),
                line.supplyWarehouse(),
                quantity,
                amount,
                info);
    }

    /**
     * An order as it comes in.
     *
     * @param lines ordered by item, so that two orders take stock in the same sequence and do not deadlock
     */
    record Request(int warehouse, int district, int customer, List<Line> lines) {}

    /** One line of an order. */
    record Line(int item, int supplyWarehouse, int quantity) {}

    /** What the customer is told. */
    record Confirmation(int warehouse, int district, int orderId, String customer, List<String> lines, BigDecimal due) {
        /** The text that a real service would send. */
        String text() {
            return "Order " + warehouse + "/" + district + "/" + orderId + " for " + customer + "\n"
                    + String.join("\n", lines) + "\nDue: " + due + "\n";
        }
    }
}
