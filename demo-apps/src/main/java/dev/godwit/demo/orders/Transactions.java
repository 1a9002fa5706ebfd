package dev.godwit.demo.orders;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Runs work as a transaction, again when Derby chose it as the victim of a deadlock or a lock took too long. */
final class Transactions {
    private static final int MOST_ATTEMPTS = 50;

    private final Connection connection;
    private final SplittableRandom random;
    private long retries;

    Transactions(Connection connection, SplittableRandom random) {
        this.connection = connection;
        this.random = random;
    }

    /** Work of one transaction. */
    interface Work {
        /** Returns true to commit, false to roll back. */
        boolean execute() throws SQLException;
    }

    /**
     * Runs the work until it commits, rolls back of its own will, or fails.
     *
     * @return true if it was committed
     */
    boolean run(Work work) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                boolean commit = work.execute();
                if (commit) {
                    connection.commit();
                } else {
                    connection.rollback();
                }
                return commit;
            } catch (SQLException e) {
                connection.rollback();
                if (!isLockConflict(e) || attempt == MOST_ATTEMPTS) {
                    throw e;
                }
                retries++;
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextLong(100, 2_000)));
            }
        }
    }

    /** How many times work was run again. */
    long retries() {
        return retries;
    }

    /** 40001: victim of a deadlock. 40XL1 and 40XL2: a lock was not granted in time. */
    private static boolean isLockConflict(SQLException e) {
        String state = e.getSQLState();
        return "40001".equals(state) || "40XL1".equals(state) || "40XL2".equals(state);
    }
}
