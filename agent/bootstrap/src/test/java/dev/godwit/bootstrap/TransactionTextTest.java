package dev.godwit.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN",
                " begin ;",
                "BEGIN WORK",
                "begin immediate",
                "Begin Transaction Isolation Level Serializable",
                "START TRANSACTION",
                "start  transaction\nread only;"
            })
    void beginsATransaction(String sql) {
        assertThat(TransactionText.of(sql)).isEqualTo(TransactionText.BEGIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COMMIT",
                "\n\tcommit;",
                "COMMIT WORK",
                "ROLLBACK",
                "rollback transaction and no chain",
                "END",
                "END TRANSACTION",
                "ABORT"
            })
    void endsOne(String sql) {
        assertThat(TransactionText.of(sql)).isEqualTo(TransactionText.END);
    }

    @Test
    void endsOneAndBeginsAnother() {
        assertThat(TransactionText.of("COMMIT AND CHAIN")).isEqualTo(TransactionText.END_AND_CHAIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "SELECT 1",
                "UPDATE beginnings SET a = 'COMMIT'",
                "BEGIN UPDATE a SET b = 1; END;",
                "BEGIN DBMS_OUTPUT.PUT_LINE('x')",
                "BEGIN; UPDATE a SET b = 1; COMMIT",
                "STARTLE",
                "START REPLICA",
                "ROLLBACK TO here",
                "rollback work to savepoint here",
                "ROLLBACK PREPARED 'x'",
                "COMMIT PREPARED 'x'",
                "COMMITTED",
                "ENDPOINT",
                "REPLACE INTO a VALUES (1)",
                "CALL commit_all()",
                "ANALYZE"
            })
    void saysNothing(String sql) {
        assertThat(TransactionText.of(sql)).isEqualTo(TransactionText.NONE);
    }

    @Test
    void nullSaysNothing() {
        assertThat(TransactionText.of(null)).isEqualTo(TransactionText.NONE);
    }
}
