package dev.godwit.demo.orders;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;

/**
 * An embedded Derby database: in memory, or in a directory that it creates.
 *
 * <p>Public only because Derby must be able to reach {@link #NO_LOG}.
 */
public final class Database implements AutoCloseable {
    /** Where Derby's own log goes: nowhere, because a derby.log must not be left behind. Derby finds it by name. */
    public static final OutputStream NO_LOG = OutputStream.nullOutputStream();

    private final String url;
    private final boolean inMemory;

    private Database(String url, boolean inMemory) {
        this.url = url;
        this.inMemory = inMemory;
    }

    /**
     * Creates an empty database.
     *
     * @param name of the database in memory; not used with a directory
     * @throws SQLException if it exists or Derby cannot create it
     */
    static Database create(String name, Optional<Path> directory) throws SQLException {
        if (directory.isPresent() && Files.exists(directory.get())) {
            throw new SQLException(directory.get() + " exists; name a directory that does not exist yet");
        }
        configureDerby();
        boolean inMemory = directory.isEmpty();
        String url = inMemory
                ? "jdbc:derby:memory:" + name
                : "jdbc:derby:" + directory.get().toAbsolutePath();
        DriverManager.getConnection(url + ";create=true").close();
        return new Database(url, inMemory);
    }

    /** Must run before the first connection: Derby reads these when it boots. */
    private static void configureDerby() {
        setDefault("derby.stream.error.field", Database.class.getName() + ".NO_LOG");
        setDefault("derby.storage.pageCacheSize", "20000");
        setDefault("derby.locks.deadlockTimeout", "1");
        setDefault("derby.locks.waitTimeout", "5");
    }

    private static void setDefault(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }

    /** A connection that commits only when told to. */
    Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection(url);
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        return connection;
    }

    /** Drops the database in memory, or closes the one on disk. */
    @Override
    public void close() throws SQLException {
        try {
            DriverManager.getConnection(url + (inMemory ? ";drop=true" : ";shutdown=true"))
                    .close();
        } catch (SQLException e) {
            // Derby reports a database that went down as asked with this state.
            if (!"08006".equals(e.getSQLState())) {
                throw e;
            }
        }
    }
}
