package dev.godwit.agent.it.programs;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.derby.jdbc.EmbeddedXADataSource;
import org.h2.jdbcx.JdbcDataSource;

/** Distributed transactions with real resource managers, as a transaction manager drives them. */
final class DistributedChecks {
    private static final String NAME = "xa transaction";
    private static final String LOCAL = "jdbc transaction";

    private int next = 1;

    /** Does one thing with a resource of an open connection. */
    private interface Step {
        void run(Connection connection, XAResource resource, Xid xid) throws Exception;
    }

    void run() throws Exception {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL("jdbc:h2:mem:distributed;DB_CLOSE_DELAY=-1");
        EmbeddedXADataSource derby = new EmbeddedXADataSource();
        derby.setDatabaseName("memory:distributed");
        derby.setCreateDatabase("create");
        for (XADataSource source : new XADataSource[] {h2, derby}) {
            with(source, (connection, resource, xid) -> execute(connection, "CREATE TABLE kept (a INT)"));
            Bridge.awaitSeen(NAME, () -> {
                with(source, DistributedChecks::rolledBack);
                return null;
            });
            lifeWhenWoven(source);
            locallyAfterwards(source);
            deadThread(source);
        }
    }

    private void with(XADataSource source, Step step) throws Exception {
        XAConnection physical = source.getXAConnection();
        try (Connection connection = physical.getConnection()) {
            step.run(connection, physical.getXAResource(), new Name(next++));
        } finally {
            physical.close();
        }
    }

    private static void rolledBack(Connection connection, XAResource resource, Xid xid) throws Exception {
        resource.start(xid, XAResource.TMNOFLAGS);
        execute(connection, "INSERT INTO kept VALUES (1)");
        resource.end(xid, XAResource.TMSUCCESS);
        resource.rollback(xid);
    }

    /** The connection may be woven a moment later than its resource. */
    private void lifeWhenWoven(XADataSource source) throws Exception {
        Throwable[] last = new Throwable[1];
        try {
            Bridge.await("resource and connection are woven", () -> {
                try {
                    with(source, DistributedChecks::lifeOf);
                    return true;
                } catch (AssertionError e) {
                    last[0] = e;
                    return false;
                }
            });
        } catch (AssertionError e) {
            throw new AssertionError(last[0]);
        }
    }

    private static void lifeOf(Connection connection, XAResource resource, Xid xid) throws Exception {
        long before = Bridge.opened(NAME);
        long locallyBefore = Bridge.opened(LOCAL);
        try {
            resource.start(xid, XAResource.TMNOFLAGS);
            Bridge.check("in a branch", NAME, 1);
            execute(connection, "INSERT INTO kept VALUES (2)");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO kept VALUES (?)")) {
                insert.setInt(1, 3);
                insert.executeUpdate();
            }
            resource.end(xid, XAResource.TMSUCCESS);
            Bridge.check("behind the work in a branch", NAME, 1);
            if (resource.prepare(xid) != XAResource.XA_OK) {
                throw new IllegalStateException("what wrote is prepared");
            }
            Bridge.check("prepared and in doubt", NAME, 1);
            resource.commit(xid, false);
        } finally {
            endIfOpen(resource, xid);
        }
        Bridge.check("committed in two phases", NAME, 0);
        resource.start(xid, XAResource.TMNOFLAGS);
        execute(connection, "INSERT INTO kept VALUES (4)");
        resource.end(xid, XAResource.TMSUCCESS);
        resource.commit(xid, true);
        Bridge.check("committed in one phase", NAME, 0);
        resource.start(xid, XAResource.TMNOFLAGS);
        try {
            resource.end(xid, XAResource.TMFAIL);
        } catch (XAException marked) {
            // Derby says by this that the branch can only be rolled back.
        }
        Bridge.check("failed and not yet rolled back", NAME, 1);
        resource.rollback(xid);
        Bridge.check("rolled back", NAME, 0);
        if (Bridge.opened(NAME) != before + 3) {
            throw new AssertionError("three branches were " + (Bridge.opened(NAME) - before));
        }
        if (Bridge.opened(LOCAL) != locallyBefore) {
            throw new AssertionError("a statement in a branch was taken for a transaction of its own");
        }
    }

    /** For the next try. */
    private static void endIfOpen(XAResource resource, Xid xid) {
        try {
            resource.end(xid, XAResource.TMSUCCESS);
            resource.rollback(xid);
        } catch (XAException | RuntimeException over) {
            // As it should be; H2 says so with a NullPointerException.
        }
    }

    /** The same connection, with transactions of its own again. */
    private void locallyAfterwards(XADataSource source) throws Exception {
        with(source, (connection, resource, xid) -> {
            rolledBack(connection, resource, xid);
            connection.setAutoCommit(true);
            execute(connection, "INSERT INTO kept VALUES (5)");
            Bridge.check("a statement that commits by itself, behind a branch", LOCAL, 0);
            connection.setAutoCommit(false);
            execute(connection, "INSERT INTO kept VALUES (6)");
            Bridge.check("in a transaction of its own, behind a branch", LOCAL, 1);
            connection.commit();
            Bridge.check("behind that", LOCAL, 0);
        });
    }

    private void deadThread(XADataSource source) throws Exception {
        XAConnection physical = source.getXAConnection();
        XAResource resource = physical.getXAResource();
        Xid xid = new Name(next++);
        Thread thread = new Thread(() -> {
            try {
                resource.start(xid, XAResource.TMNOFLAGS);
            } catch (XAException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        thread.join();
        Bridge.check("behind a thread that ended in a branch", NAME, 1);
        Bridge.await("it is taken for ended", () -> {
            Bridge.read();
            return Bridge.openNow(NAME) == 0;
        });
        endIfOpen(resource, xid);
        physical.close();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** What this transaction manager calls a branch. Gives other arrays each time, as it may. */
    private record Name(int number) implements Xid {
        @Override
        public int getFormatId() {
            return 0x676f6477;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return Arrays.copyOf(new byte[] {1, (byte) number, (byte) (number >> 8)}, 8);
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {(byte) number};
        }
    }
}
