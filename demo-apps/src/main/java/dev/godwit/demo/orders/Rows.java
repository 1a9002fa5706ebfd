package dev.godwit.demo.orders;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Shorthand for prepared statements. */
final class Rows {
    private Rows() {}

    /** The rows that the statement finds for the values; the caller closes them. */
    static ResultSet query(PreparedStatement statement, Object... values) throws SQLException {
        bind(statement, values);
        return statement.executeQuery();
    }

    /** The one decimal that the statement finds, zero when it is null. */
    static BigDecimal decimal(PreparedStatement statement, Object... values) throws SQLException {
        try (ResultSet rows = query(statement, values)) {
            if (!rows.next()) {
                throw new SQLException("a row is missing that must be there");
            }
            BigDecimal value = rows.getBigDecimal(1);
            return value == null ? BigDecimal.ZERO : value;
        }
    }

    /**
     * Changes exactly one row.
     *
     * @throws SQLException if it was none or more than one
     */
    static void update(PreparedStatement statement, Object... values) throws SQLException {
        int rows = updateAny(statement, values);
        if (rows != 1) {
            throw new SQLException(rows + " rows changed where one must");
        }
    }

    /** Changes rows, returns how many. */
    static int updateAny(PreparedStatement statement, Object... values) throws SQLException {
        bind(statement, values);
        return statement.executeUpdate();
    }

    private static void bind(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }
}
