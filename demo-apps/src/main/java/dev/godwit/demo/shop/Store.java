package dev.godwit.demo.shop;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import org.h2.jdbcx.JdbcConnectionPool;

/** The shop's database: products and purchases, in H2, in memory, behind H2's own connection pool. */
final class Store implements AutoCloseable {
    private static final int ON_A_PAGE = 20;
    private static final int MOST_ATTEMPTS = 20;
    private static final int DESCRIPTION_LENGTH = 200;

    /** H2's codes for a deadlock, a lock that was not granted in time, and a row that another one changed. */
    private static final List<Integer> LOCK_CONFLICTS = List.of(40001, 50200, 90131);

    private final JdbcConnectionPool pool;

    private Store(JdbcConnectionPool pool) {
        this.pool = pool;
    }

    /** A product as it is shown. */
    record Product(int id, String name, String description, BigDecimal price, int stock) {}

    /** What a customer bought. */
    record Purchase(long id, BigDecimal total) {}

    /** Makes a database with so many products. */
    static Store open(String name, int products, int mostConnections, long seed) throws SQLException {
        JdbcConnectionPool pool =
                JdbcConnectionPool.create("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000", "", "");
        pool.setMaxConnections(mostConnections);
        Store store = new Store(pool);
        try (Connection connection = pool.getConnection()) {
            store.create(connection, products, new SplittableRandom(seed));
        }
        return store;
    }

    private void create(Connection connection, int products, SplittableRandom random) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE product (id INT PRIMARY KEY, name VARCHAR(60), description VARCHAR(400),"
                    + " price DECIMAL(8, 2), stock INT, sold BIGINT)");
            statement.execute("CREATE TABLE purchase (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                    + " customer INT, total DECIMAL(12, 2))");
            statement.execute("CREATE TABLE purchase_line (purchase BIGINT, product INT, quantity INT,"
                    + " price DECIMAL(8, 2), PRIMARY KEY (purchase, product))");
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO product VALUES (?, ?, ?, ?, ?, 0)")) {
            for (int id = 1; id <= products; id++) {
                insert.setInt(1, id);
                insert.setString(2, "Product no. " + id);
                insert.setString(3, text(random));
                insert.setBigDecimal(4, BigDecimal.valueOf(random.nextInt(99, 20_000), 2));
                insert.setInt(5, random.nextInt(20, 100));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        while (text.length() < DESCRIPTION_LENGTH) {
            for (int i = random.nextInt(2, 10); i > 0; i--) {
                text.append((char) random.nextInt('a', 'z' + 1));
            }
            text.append(' ');
        }
        return text.toString();
    }

    /** The products of a page of the catalogue, the first of which is page zero. */
    List<Product> page(int number) throws SQLException {
        List<Product> products = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                PreparedStatement query = connection.prepareStatement("SELECT id, name, description, price, stock"
                        + " FROM product WHERE id > ? ORDER BY id FETCH FIRST " + ON_A_PAGE + " ROWS ONLY")) {
            query.setInt(1, number * ON_A_PAGE);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    products.add(product(rows));
                }
            }
        }
        return products;
    }

    /** One product; empty if there is none of this number. */
    Optional<Product> product(int id) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement query = connection.prepareStatement(
                        "SELECT id, name, description, price, stock FROM product WHERE id = ?")) {
            query.setInt(1, id);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? Optional.of(product(rows)) : Optional.empty();
            }
        }
    }

    private static Product product(ResultSet row) throws SQLException {
        return new Product(row.getInt(1), row.getString(2), row.getString(3), row.getBigDecimal(4), row.getInt(5));
    }

    /**
     * Sells, in one transaction, or sells nothing.
     *
     * @param quantities by product; sorted, so that two orders do not wait for each other
     * @return empty if one of the products does not exist
     */
    Optional<Purchase> order(int customer, SortedMap<Integer, Integer> quantities) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try (Connection connection = pool.getConnection()) {
                return attempt(connection, customer, quantities);
            } catch (SQLException e) {
                if (!LOCK_CONFLICTS.contains(e.getErrorCode()) || attempt == MOST_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static Optional<Purchase> attempt(
            Connection connection, int customer, SortedMap<Integer, Integer> quantities) throws SQLException {
        connection.setAutoCommit(false);
        boolean sold = false;
        try {
            Optional<Purchase> purchase = sell(connection, customer, quantities);
            sold = purchase.isPresent();
            if (sold) {
                connection.commit();
            }
            return purchase;
        } finally {
            if (!sold) {
                connection.rollback();
            }
            connection.setAutoCommit(true);
        }
    }

    private static Optional<Purchase> sell(Connection connection, int customer, SortedMap<Integer, Integer> quantities)
            throws SQLException {
        BigDecimal total = BigDecimal.ZERO;
        List<BigDecimal> prices = new ArrayList<>();
        for (Map.Entry<Integer, Integer> line : quantities.entrySet()) {
            Optional<BigDecimal> price = take(connection, line.getKey(), line.getValue());
            if (price.isEmpty()) {
                return Optional.empty();
            }
            prices.add(price.get());
            total = total.add(price.get().multiply(BigDecimal.valueOf(line.getValue())));
        }
        long purchase = insertPurchase(connection, customer, total);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO purchase_line VALUES (?, ?, ?, ?)")) {
            int number = 0;
            for (Map.Entry<Integer, Integer> line : quantities.entrySet()) {
                insert.setLong(1, purchase);
                insert.setInt(2, line.getKey());
                insert.setInt(3, line.getValue());
                insert.setBigDecimal(4, prices.get(number++));
                insert.addBatch();
            }
            insert.executeBatch();
        }
        return Optional.of(new Purchase(purchase, total));
    }

    /** Takes a product from stock, which is filled up when it runs low, and tells its price. */
    private static Optional<BigDecimal> take(Connection connection, int product, int quantity) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE product SET sold = sold + ?,"
                        + " stock = CASE WHEN stock >= ? THEN stock - ? ELSE stock - ? + 100 END WHERE id = ?");
                PreparedStatement query = connection.prepareStatement("SELECT price FROM product WHERE id = ?")) {
            update.setInt(1, quantity);
            update.setInt(2, quantity + 10);
            update.setInt(3, quantity);
            update.setInt(4, quantity);
            update.setInt(5, product);
            if (update.executeUpdate() == 0) {
                return Optional.empty();
            }
            query.setInt(1, product);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return Optional.of(row.getBigDecimal(1));
            }
        }
    }

    private static long insertPurchase(Connection connection, int customer, BigDecimal total) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO purchase (customer, total) VALUES (?, ?)", Statement.RETURN_GENERATED_KEYS)) {
            insert.setInt(1, customer);
            insert.setBigDecimal(2, total);
            insert.executeUpdate();
            try (ResultSet keys = insert.getGeneratedKeys()) {
                keys.next();
                return keys.getLong(1);
            }
        }
    }

    /**
     * Checks the books.
     *
     * @param purchases how many purchases customers were told of
     * @param turnover what they were told to pay
     * @return one line for each thing that is not as it must be
     */
    List<String> violations(long purchases, BigDecimal turnover) throws SQLException {
        List<String> violations = new ArrayList<>();
        try (Connection connection = pool.getConnection()) {
            equal(violations, connection, "purchases", "COUNT(*) FROM purchase", BigDecimal.valueOf(purchases));
            equal(violations, connection, "turnover", "COALESCE(SUM(total), 0) FROM purchase", turnover);
            BigDecimal lines = number(connection, "COALESCE(SUM(price * quantity), 0) FROM purchase_line");
            equal(violations, connection, "sum of all purchases", "COALESCE(SUM(total), 0) FROM purchase", lines);
            BigDecimal sold = number(connection, "SUM(sold) FROM product");
            equal(violations, connection, "pieces sold", "COALESCE(SUM(quantity), 0) FROM purchase_line", sold);
        }
        return violations;
    }

    private static void equal(
            List<String> violations, Connection connection, String what, String sql, BigDecimal expected)
            throws SQLException {
        BigDecimal found = number(connection, sql);
        if (found.compareTo(expected) != 0) {
            violations.add("violated: " + what + ": " + found + ", expected " + expected);
        }
    }

    private static BigDecimal number(Connection connection, String sql) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT " + sql);
                ResultSet row = query.executeQuery()) {
            row.next();
            return row.getBigDecimal(1);
        }
    }

    /** Closes all connections and drops the database. */
    @Override
    public void close() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN");
        } finally {
            pool.dispose();
        }
    }
}
