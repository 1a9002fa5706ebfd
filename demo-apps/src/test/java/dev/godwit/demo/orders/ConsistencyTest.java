package dev.godwit.demo.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsistencyTest {
    private static Database database;
    private static Connection connection;
    private static Client.Tally committed;

    @BeforeAll
    static void tradeOneClientForAMoment() throws Exception {
        OrdersOptions options = OrdersOptions.defaults().withWarehouses(2).withItems(200);
        database = Database.create("consistency", Optional.empty());
        Schema.create(database, options);
        Shop shop = new Shop();
        Client client = new Client(0, database, options, shop);
        Thread thread = new Thread(client);
        thread.start();
        while (shop.operations() < 100 && shop.isTrading()) {
            Thread.onSpinWait();
        }
        shop.stopTrading();
        thread.join();
        assertThat(shop.failure()).isEmpty();
        committed = client.tally();
        connection = database.connect();
    }

    @AfterEach
    void undoTheDamage() throws Exception {
        connection.rollback();
    }

    @AfterAll
    static void drop() throws Exception {
        connection.close();
        database.close();
    }

    @Test
    void whatAClientCommittedIsConsistent() throws Exception {
        assertThat(Consistency.violations(connection, committed)).isEmpty();
    }

    /** The statements are what a lost update, half a transaction or a write applied twice would leave. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UPDATE district SET d_ytd = d_ytd + 1 WHERE d_w_id = 1 AND d_id = %d | sum over its districts",
                "UPDATE warehouse SET w_ytd = w_ytd - 1 WHERE w_id = 1 | sum of its payments",
                "UPDATE district SET d_next_o_id = d_next_o_id + 1 WHERE d_w_id = 1 AND d_id = %d | gave numbers away",
                "UPDATE orders SET o_id = o_id + 1000 WHERE o_w_id = 1 AND o_id = 1 | last number given away",
                "DELETE FROM order_line WHERE ol_o_id = 1 AND ol_number = 2 | as many lines as it says",
                "DELETE FROM new_order WHERE no_o_id = 1 | waits for delivery",
                "UPDATE stock SET s_ytd = s_ytd + %d WHERE s_w_id = 1 AND s_i_id = 1 | stock gave away",
                "UPDATE customer SET c_payment_cnt = 7 + c_payment_cnt WHERE c_d_id = %d AND c_id = 1 | counted and summed",
                "UPDATE customer SET c_balance = c_balance + 1 WHERE c_d_id = %d AND c_id = 1 | balance of all customers",
                "DELETE FROM history WHERE h_d_id = %d | payments in the database",
                "UPDATE history SET h_amount = h_amount + 1 WHERE h_d_id = %d | money paid",
                "UPDATE order_line SET ol_delivery_d = CURRENT_TIMESTAMP WHERE ol_o_id = 1 | money settled"
            })
    void aDamagedBookIsNoticed(String damage, String named) throws Exception {
        int district = 1 + new SplittableRandom(damage.hashCode()).nextInt(Schema.DISTRICTS);
        try (Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(String.format(damage, district))).isPositive();
        }

        List<String> violations = Consistency.violations(connection, committed);

        assertThat(violations).anyMatch(line -> line.contains(named));
    }

    @Test
    void aCommitThatTheClientsKnowAndTheDatabaseDoesNotIsNoticed() throws Exception {
        try (Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("DELETE FROM history")).isPositive();
        }

        assertThat(Consistency.violations(connection, committed))
                .anyMatch(line -> line.startsWith("violated: payments in the database: 0, expected "))
                .anyMatch(line -> line.startsWith("violated: money paid: 0"));
        assertThat(committed.paid()).isGreaterThan(BigDecimal.ZERO);
    }
}
