package dev.godwit.demo.orders;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.SplittableRandom;

/** The tables, and the rows that are there when the shop opens for the first time. */
final class Schema {
    static final int DISTRICTS = 10;
    static final int CUSTOMERS_PER_DISTRICT = 300;
    static final int LAST_NAMES = 100;

    private static final int BATCH = 500;

    private static final List<String> TABLES = List.of(
            "CREATE TABLE warehouse (w_id INT PRIMARY KEY, w_name VARCHAR(10) NOT NULL, w_tax DECIMAL(4,4) NOT NULL,"
                    + " w_ytd DECIMAL(14,2) NOT NULL)",
            "CREATE TABLE district (d_w_id INT, d_id INT, d_name VARCHAR(10) NOT NULL, d_tax DECIMAL(4,4) NOT NULL,"
                    + " d_ytd DECIMAL(14,2) NOT NULL, d_next_o_id INT NOT NULL, PRIMARY KEY (d_w_id, d_id))",
            "CREATE TABLE customer (c_w_id INT, c_d_id INT, c_id INT, c_first VARCHAR(16) NOT NULL,"
                    + " c_last VARCHAR(16) NOT NULL, c_credit CHAR(2) NOT NULL, c_discount DECIMAL(4,4) NOT NULL,"
                    + " c_balance DECIMAL(14,2) NOT NULL, c_ytd_payment DECIMAL(14,2) NOT NULL,"
                    + " c_payment_cnt INT NOT NULL, c_data VARCHAR(500) NOT NULL, PRIMARY KEY (c_w_id, c_d_id, c_id))",
            "CREATE INDEX customer_name ON customer (c_w_id, c_d_id, c_last, c_first)",
            "CREATE TABLE history (h_c_w_id INT NOT NULL, h_c_d_id INT NOT NULL, h_c_id INT NOT NULL,"
                    + " h_w_id INT NOT NULL, h_d_id INT NOT NULL, h_date TIMESTAMP NOT NULL,"
                    + " h_amount DECIMAL(14,2) NOT NULL, h_data VARCHAR(24) NOT NULL)",
            "CREATE TABLE orders (o_w_id INT, o_d_id INT, o_id INT, o_c_id INT NOT NULL, o_entry_d TIMESTAMP NOT NULL,"
                    + " o_carrier_id INT, o_ol_cnt INT NOT NULL, o_all_local INT NOT NULL,"
                    + " PRIMARY KEY (o_w_id, o_d_id, o_id))",
            "CREATE TABLE new_order (no_w_id INT, no_d_id INT, no_o_id INT, PRIMARY KEY (no_w_id, no_d_id, no_o_id))",
            "CREATE TABLE order_line (ol_w_id INT, ol_d_id INT, ol_o_id INT, ol_number INT, ol_i_id INT NOT NULL,"
                    + " ol_supply_w_id INT NOT NULL, ol_delivery_d TIMESTAMP, ol_quantity INT NOT NULL,"
                    + " ol_amount DECIMAL(14,2) NOT NULL, ol_dist_info CHAR(24) NOT NULL,"
                    + " PRIMARY KEY (ol_w_id, ol_d_id, ol_o_id, ol_number))",
            "CREATE TABLE item (i_id INT PRIMARY KEY, i_name VARCHAR(24) NOT NULL, i_price DECIMAL(5,2) NOT NULL,"
                    + " i_data VARCHAR(50) NOT NULL)",
            "CREATE TABLE stock (s_w_id INT, s_i_id INT, s_quantity INT NOT NULL, s_ytd INT NOT NULL,"
                    + " s_order_cnt INT NOT NULL, s_remote_cnt INT NOT NULL, s_dist CHAR(24) NOT NULL,"
                    + " s_data VARCHAR(200) NOT NULL, PRIMARY KEY (s_w_id, s_i_id))",
            "CREATE TABLE settlement (st_day INT, st_w_id INT, st_d_id INT, st_orders INT NOT NULL,"
                    + " st_amount DECIMAL(14,2) NOT NULL, PRIMARY KEY (st_day, st_w_id, st_d_id))");

    private final Connection connection;
    private final SplittableRandom random;

    private Schema(Connection connection, long seed) {
        this.connection = connection;
        this.random = new SplittableRandom(seed);
    }

    /** Creates the tables and fills them; the same seed gives the same rows. */
    static void create(Database database, OrdersOptions options) throws SQLException {
        try (Connection connection = database.connect()) {
            try (Statement statement = connection.createStatement()) {
                for (String table : TABLES) {
                    statement.executeUpdate(table);
                }
            }
            Schema schema = new Schema(connection, options.seed());
            schema.fillItems(options.items());
            for (int warehouse = 1; warehouse <= options.warehouses(); warehouse++) {
                schema.fillWarehouse(warehouse);
                schema.fillStock(warehouse, options.items());
                connection.commit();
            }
        }
    }

    private void fillItems(int items) throws SQLException {
        try (Batch batch = new Batch("INSERT INTO item VALUES (?, ?, ?, ?)")) {
            for (int item = 1; item <= items; item++) {
                BigDecimal price = BigDecimal.valueOf(random.nextInt(100, 10_001), 2);
                batch.add(item, "item-" + item, price, text(20, 50));
            }
        }
    }

    private void fillWarehouse(int warehouse) throws SQLException {
        try (Batch warehouses = new Batch("INSERT INTO warehouse VALUES (?, ?, ?, ?)");
                Batch districts = new Batch("INSERT INTO district VALUES (?, ?, ?, ?, ?, ?)")) {
            warehouses.add(warehouse, "wh-" + warehouse, rate(), BigDecimal.ZERO);
            for (int district = 1; district <= DISTRICTS; district++) {
                districts.add(warehouse, district, "d-" + district, rate(), BigDecimal.ZERO, 1);
            }
        }
        try (Batch customers = new Batch("INSERT INTO customer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (int district = 1; district <= DISTRICTS; district++) {
                for (int customer = 1; customer <= CUSTOMERS_PER_DISTRICT; customer++) {
                    customers.add(
                            warehouse,
                            district,
                            customer,
                            text(8, 16),
                            lastName(customer % LAST_NAMES),
                            random.nextInt(10) == 0 ? "BC" : "GC",
                            rate(),
                            BigDecimal.ZERO,
                            BigDecimal.ZERO,
                            0,
                            text(300, 500));
                }
            }
        }
    }

    private void fillStock(int warehouse, int items) throws SQLException {
        try (Batch stock = new Batch("INSERT INTO stock VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (int item = 1; item <= items; item++) {
                stock.add(warehouse, item, random.nextInt(10, 101), 0, 0, 0, text(24, 24), text(100, 200));
            }
        }
    }

    /** TPC-C's way of making last names: three of ten syllables. */
    static String lastName(int number) {
        String[] syllables = {"BAR", "OUGHT", "ABLE", "PRI", "PRES", "ESE", "ANTI", "CALLY", "ATION", "EING"};
        return syllables[number / 100 % 10] + syllables[number / 10 % 10] + syllables[number % 10];
    }

    private BigDecimal rate() {
        return BigDecimal.valueOf(random.nextInt(0, 2_001), 4);
    }

    private String text(int least, int most) {
        char[] letters = new char[random.nextInt(least, most + 1)];
        for (int i = 0; i < letters.length; i++) {
            letters[i] = (char) ('a' + random.nextInt(26));
        }
        return new String(letters);
    }

    /** Rows on their way into one table. */
    private final class Batch implements AutoCloseable {
        private final PreparedStatement statement;
        private int rows;

        Batch(String sql) throws SQLException {
            statement = connection.prepareStatement(sql);
        }

        void add(Object... values) throws SQLException {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.addBatch();
            if (++rows % BATCH == 0) {
                statement.executeBatch();
            }
        }

        @Override
        public void close() throws SQLException {
            statement.executeBatch();
            statement.close();
        }
    }
}
