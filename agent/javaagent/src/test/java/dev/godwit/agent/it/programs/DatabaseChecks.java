package dev.godwit.agent.it.programs;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.File;
import java.io.OutputStream;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Transactions with real drivers and a real pool. Public only because Derby must be able to reach {@link #NO_LOG}. */
public final class DatabaseChecks {
    /** Where Derby's own log goes; found by its name. */
    public static final OutputStream NO_LOG = OutputStream.nullOutputStream();

    private static final String NAME = "jdbc transaction";
    private static final String DERBY = "jdbc:derby:memory:checks";
    private static final String H2 = "jdbc:h2:mem:checks;DB_CLOSE_DELAY=-1";

    private final boolean off;

    /** One table, one column, whatever the driver. */
    private interface Driver {
        Connection connect() throws SQLException;
    }

    DatabaseChecks(boolean off) {
        this.off = off;
    }

    /**
     * Checks everything.
     *
     * @param early a connection that does not commit by itself
     */
    void run(Connection early) throws Exception {
        System.setProperty("derby.stream.error.field", DatabaseChecks.class.getName() + ".NO_LOG");
        if (off) {
            execute(early, "CREATE TABLE switched_off (a INT)");
            early.setAutoCommit(false);
            execute(early, "INSERT INTO switched_off VALUES (1)");
            Bridge.check("switched off", NAME, 0);
            early.rollback();
            return;
        }
        Bridge.awaitSeen(NAME, () -> transaction(early));
        Bridge.check("behind transactions on a connection from before", NAME, 0);
        driver(() -> DriverManager.getConnection(H2));
        driver(() -> DriverManager.getConnection(DERBY + ";create=true"));
        for (String url : new String[] {H2, DERBY}) {
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(url);
            config.setMaximumPoolSize(2);
            try (HikariDataSource pool = new HikariDataSource(config)) {
                driver(pool::getConnection);
                deadThread(pool);
            }
        }
        text();
        new DistributedChecks().run();
        garbage();
        unloaded();
    }

    /** Transactions that are begun and ended by what statements say, on a connection that else commits by itself. */
    private static void text() throws Exception {
        try (Connection connection = DriverManager.getConnection(H2)) {
            execute(connection, "CREATE TABLE told (a INT)");
            for (String end : new String[] {"COMMIT", " rollback work;"}) {
                long before = Bridge.opened(NAME);
                execute(connection, "begin");
                Bridge.check("begun and nothing done", NAME, 0);
                execute(connection, "INSERT INTO told VALUES (1)");
                Bridge.check("begun by text", NAME, 1);
                execute(connection, "SAVEPOINT here");
                execute(connection, "ROLLBACK TO SAVEPOINT here");
                Bridge.check("rolled back to a savepoint by text", NAME, 1);
                execute(connection, end);
                Bridge.check("ended by text", NAME, 0);
                execute(connection, "INSERT INTO told VALUES (2)");
                Bridge.check("a statement that commits by itself, behind it", NAME, 0);
                if (Bridge.opened(NAME) != before + 1) {
                    throw new AssertionError("one transaction was " + (Bridge.opened(NAME) - before));
                }
            }
            execute(connection, "BEGIN");
            execute(connection, "INSERT INTO told VALUES (3)");
            connection.rollback();
            Bridge.check("begun by text, ended by a call", NAME, 0);
            connection.setAutoCommit(false);
            execute(connection, "INSERT INTO told VALUES (4)");
            execute(connection, "COMMIT");
            Bridge.check("begun by a call, ended by text", NAME, 0);
            connection.setAutoCommit(true);
            execute(connection, "DROP TABLE told");
        }
    }

    private static Void transaction(Connection connection) throws SQLException {
        execute(connection, "VALUES (1)");
        connection.commit();
        return null;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void driver(Driver driver) throws Exception {
        try (Connection connection = driver.connect()) {
            execute(connection, "CREATE TABLE checked (a INT PRIMARY KEY)");
            connection.setAutoCommit(false);
            Bridge.awaitSeen(NAME, () -> transaction(connection));
            Bridge.await("statements of all kinds are seen", () -> areAllSeen(connection));
            lifeWhenWoven(connection);
            failures(connection);
            connection.setAutoCommit(true);
            execute(connection, "DROP TABLE checked");
        }
        Connection left = driver.connect();
        left.setAutoCommit(false);
        execute(left, "VALUES (1)");
        Bridge.check("in a transaction that is never ended", NAME, 1);
        try {
            left.close();
        } catch (SQLException e) {
            left.rollback(); // Derby refuses to close a connection in a transaction.
            left.close();
        }
        Bridge.check("closed in a transaction", NAME, 0);
    }

    /** What begins a transaction. */
    private interface First {
        void run() throws SQLException;
    }

    /** True if a transaction that begins with any kind of statement is taken for one section. */
    private static boolean areAllSeen(Connection connection) throws Exception {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO checked VALUES (8)");
                PreparedStatement query = connection.prepareStatement("SELECT COUNT(*) FROM checked")) {
            return isOneSection(connection, () -> query.executeQuery().close())
                    && isOneSection(connection, insert::executeUpdate)
                    && isOneSection(connection, insert::execute)
                    && isOneSection(connection, () -> {
                        insert.addBatch();
                        insert.executeBatch();
                    })
                    && isOneSection(connection, () -> execute(connection, "VALUES (1)"));
        }
    }

    private static boolean isOneSection(Connection connection, First first) throws Exception {
        long before = Bridge.opened(NAME);
        first.run();
        boolean seen = Bridge.openNow(NAME) == 1;
        connection.rollback();
        return seen && Bridge.openNow(NAME) == 0 && Bridge.opened(NAME) == before + 1;
    }

    /** A pool may be woven a moment after the driver below it, in the middle of a transaction: that one counts twice. */
    private static void lifeWhenWoven(Connection connection) throws Exception {
        AssertionError[] last = new AssertionError[1];
        try {
            Bridge.await("driver and pool are woven", () -> {
                try {
                    lifeOf(connection);
                    return true;
                } catch (AssertionError e) {
                    last[0] = e;
                    connection.setAutoCommit(false);
                    connection.rollback();
                    execute(connection, "DELETE FROM checked");
                    connection.commit();
                    return false;
                }
            });
        } catch (AssertionError e) {
            throw last[0] == null ? e : last[0];
        }
    }

    private static void lifeOf(Connection connection) throws Exception {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO checked VALUES (?)")) {
            Bridge.check("prepared only", NAME, 0);
            insert.setInt(1, 1);
            insert.executeUpdate();
            Bridge.check("in a transaction", NAME, 1);
            insert.setInt(1, 2);
            insert.addBatch();
            insert.executeBatch();
            Bridge.check("further in it", NAME, 1);
            connection.commit();
            Bridge.check("committed", NAME, 0);
            insert.setInt(1, 3);
            insert.executeUpdate();
            Bridge.check("in the next", NAME, 1);
            connection.rollback(connection.setSavepoint());
            Bridge.check("rolled back to a savepoint", NAME, 1);
            connection.rollback();
            Bridge.check("rolled back", NAME, 0);
        }
        execute(connection, "DELETE FROM checked WHERE a = 2");
        Bridge.check("in one that setAutoCommit will end", NAME, 1);
        connection.setAutoCommit(true);
        Bridge.check("ended by setAutoCommit(true)", NAME, 0);
        execute(connection, "INSERT INTO checked VALUES (4)");
        Bridge.check("a statement that commits by itself", NAME, 0);
        connection.setAutoCommit(false);
    }

    private static void failures(Connection connection) throws Exception {
        try {
            execute(connection, "INSERT INTO checked VALUES (1)");
            throw new AssertionError("the key is there twice");
        } catch (SQLException e) {
            Bridge.check("behind a statement that failed", NAME, 1);
        }
        connection.rollback();
        Bridge.check("behind the rollback for it", NAME, 0);
        Bridge.awaitSeen(NAME, () -> transaction(connection));
    }

    private static void deadThread(DataSource pool) throws Exception {
        Connection[] kept = new Connection[1];
        Thread thread = new Thread(() -> {
            try {
                kept[0] = pool.getConnection();
                kept[0].setAutoCommit(false);
                execute(kept[0], "VALUES (1)");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        thread.join();
        Bridge.check("behind a thread that ended in a transaction", NAME, 1);
        Bridge.await("it is taken for ended", () -> {
            Bridge.read();
            return Bridge.openNow(NAME) == 0;
        });
        kept[0].close();
    }

    /** In a frame of its own, so that nothing refers to the connection any more. */
    private static void forget() throws SQLException {
        Connection forgotten = DriverManager.getConnection(H2);
        forgotten.setAutoCommit(false);
        execute(forgotten, "VALUES (1)");
    }

    private static void garbage() throws Exception {
        forget();
        Bridge.check("forgotten in a transaction", NAME, 1);
        Bridge.await("a connection that is garbage is in no transaction", () -> {
            System.gc();
            Bridge.read();
            return Bridge.openNow(NAME) == 0;
        });
    }

    private static void unloaded() throws Exception {
        WeakReference<ClassLoader> loader = new WeakReference<>(usedLoader());
        Bridge.await("a driver's class loader is unloaded", () -> {
            System.gc();
            return loader.refersTo(null);
        });
    }

    /** A class loader with a driver of its own, used on a thread of its own, as a web application's is. */
    private static ClassLoader usedLoader() throws Exception {
        File jar = new File(org.h2.Driver.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        URLClassLoader loader =
                new URLClassLoader(new URL[] {jar.toURI().toURL()}, ClassLoader.getPlatformClassLoader());
        Throwable[] failure = new Throwable[1];
        Thread thread = new Thread(() -> {
            try {
                useDriverOf(loader);
            } catch (Throwable e) {
                failure[0] = e;
            }
        });
        thread.start();
        thread.join();
        if (failure[0] != null) {
            throw new AssertionError("the driver of another class loader", failure[0]);
        }
        loader.close();
        return loader;
    }

    private static void useDriverOf(ClassLoader loader) throws Exception {
        Class<?> type = loader.loadClass("org.h2.jdbcx.JdbcDataSource");
        DataSource source = (DataSource) type.getConstructor().newInstance();
        type.getMethod("setURL", String.class).invoke(source, "jdbc:h2:mem:unloaded");
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            Bridge.awaitSeen(NAME, () -> transaction(connection));
        }
        loader.loadClass("org.h2.Driver").getMethod("unload").invoke(null);
    }
}
