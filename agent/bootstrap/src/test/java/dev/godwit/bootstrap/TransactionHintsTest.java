package dev.godwit.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Objects stand for connections: the bridge knows no JDBC. Sections of all tests have one name, so tests look at differences. */
class TransactionHintsTest {
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    private final long openBefore = openNow();
    private final long openedBefore = opened();

    @Test
    void aTransactionIsOpenFromItsFirstStatementToItsEnd() {
        Object connection = new Object();
        TransactionHints.autoCommit(connection, false);
        assertThat(opened()).isEqualTo(openedBefore);

        statement(connection);
        statement(connection);
        assertThat(openNow()).isEqualTo(openBefore + 1);

        TransactionHints.end(connection);
        TransactionHints.end(connection);
        assertThat(openNow()).isEqualTo(openBefore);
        assertThat(opened()).isEqualTo(openedBefore + 1);
    }

    @Test
    void statementsThatCommitByThemselvesAreNoTransactions() {
        Object connection = new Object();
        statement(connection);

        assertThat(opened()).isEqualTo(openedBefore);
    }

    @Test
    void aConnectionThatCommitsByItselfIsWorthKnowingOnlyWhenAStatementSpeaksOfTransactions() {
        assertThat(TransactionHints.isWorthKnowing(true, "SELECT 1")).isFalse();
        assertThat(TransactionHints.isWorthKnowing(true, "BEGIN")).isTrue();
        assertThat(TransactionHints.isWorthKnowing(false, "SELECT 1")).isTrue();
    }

    @Test
    void whatTheConnectionSaysAboutItselfCountsWhenItIsFirstSeenInTheMiddle() {
        Object connection = new Object();
        HintThread thread = TransactionHints.thread();
        assertThat(TransactionHints.tracked(thread, connection)).isNull();
        TransactionHints.begin(thread, TransactionHints.track(thread, connection, false));

        assertThat(openNow()).isEqualTo(openBefore + 1);
        TransactionHints.close(connection);
    }

    @Test
    void committingByItselfAgainAndClosingEndATransaction() {
        Object first = new Object();
        TransactionHints.autoCommit(first, false);
        statement(first);
        TransactionHints.autoCommit(first, true);
        assertThat(openNow()).isEqualTo(openBefore);

        Object second = new Object();
        TransactionHints.autoCommit(second, false);
        statement(second);
        TransactionHints.close(second);
        assertThat(openNow()).isEqualTo(openBefore);
    }

    @Test
    void aWrapperAndWhatItWrapsAreCountedOnce() {
        Object wrapper = new Object();
        Object wrapped = new Object();
        TransactionHints.autoCommit(wrapper, false);
        TransactionHints.autoCommit(wrapped, false);

        HintThread thread = begin(wrapper);
        statement(wrapped);
        TransactionHints.leave(thread);
        assertThat(opened()).isEqualTo(openedBefore + 1);

        TransactionHints.end(wrapped);
        TransactionHints.end(wrapper);
        assertThat(openNow()).isEqualTo(openBefore);
    }

    @Test
    void aConnectionThatAPoolHandsOutAgainIsGotToKnowAnew() throws InterruptedException {
        Object connection = new Object();
        TransactionHints.autoCommit(connection, false);
        statement(connection);
        onAnotherThread(() -> TransactionHints.close(connection));
        assertThat(TransactionHints.tracked(TransactionHints.thread(), connection))
                .isNull();
    }

    @Test
    void aConnectionThatIsToldToCommitByItselfInsideItsCloseStaysForgotten() {
        Object connection = new Object();
        statement(connection);
        TransactionHints.close(connection);
        TransactionHints.autoCommit(connection, true);

        assertThat(TransactionHints.tracked(TransactionHints.thread(), connection))
                .isNull();
    }

    @Test
    void aConnectionThatIsForgottenInATransactionEndsIt() throws InterruptedException {
        onAnotherThread(() -> {
            Object connection = new Object();
            TransactionHints.autoCommit(connection, false);
            statement(connection);
        });
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (openNow() != openBefore && System.nanoTime() < until) {
            System.gc();
            // Time stands still: that the thread has ended is not looked at.
            TransactionHints.endForgotten(0);
            Thread.sleep(5);
        }

        assertThat(openNow()).isEqualTo(openBefore);
    }

    @Test
    void aThreadThatEndsInATransactionEndsItThoughAPoolKeepsTheConnection() throws InterruptedException {
        Object connection = new Object();
        onAnotherThread(() -> {
            TransactionHints.autoCommit(connection, false);
            statement(connection);
        });
        assertThat(openNow()).isEqualTo(openBefore + 1);

        TransactionHints.endForgotten(System.nanoTime() + HOUR);
        assertThat(openNow()).isEqualTo(openBefore);
        TransactionHints.close(connection);
    }

    @Test
    void aLivingThreadKeepsItsTransaction() {
        Object connection = new Object();
        TransactionHints.autoCommit(connection, false);
        statement(connection);

        TransactionHints.endForgotten(System.nanoTime() + 3 * HOUR);
        assertThat(openNow()).isEqualTo(openBefore + 1);
        TransactionHints.close(connection);
    }

    @Test
    void whatAStatementSaysBeginsAndEndsATransaction() {
        Object connection = new Object();
        say(connection, "BEGIN", false);
        assertThat(openNow()).isEqualTo(openBefore);
        statement(connection);
        assertThat(openNow()).isEqualTo(openBefore + 1);
        say(connection, "COMMIT AND CHAIN", false);
        assertThat(openNow()).isEqualTo(openBefore);
        statement(connection);
        assertThat(openNow()).isEqualTo(openBefore + 1);
        say(connection, "ROLLBACK", false);
        statement(connection);

        assertThat(openNow()).isEqualTo(openBefore);
        assertThat(opened()).isEqualTo(openedBefore + 2);
    }

    @Test
    void aBeginThatFailsBeginsNothing() {
        Object connection = new Object();
        say(connection, "BEGIN", true);
        statement(connection);

        assertThat(opened()).isEqualTo(openedBefore);
    }

    /** What is woven into the methods of statements that are given as text. */
    private static void say(Object connection, String sql, boolean failed) {
        HintThread thread = TransactionHints.thread();
        TrackedConnection tracked = TransactionHints.tracked(thread, connection);
        if (tracked == null) {
            tracked = TransactionHints.track(thread, connection, true);
        }
        TransactionHints.begin(thread, tracked, sql);
        TransactionHints.enter(thread);
        assertThat(TransactionHints.leaveText(thread, failed)).isSameAs(tracked);
        TransactionHints.refresh(tracked, true);
    }

    @Test
    void aRequestIsItsOutermostFilterOrServlet() {
        long before = openNow(RequestHints.SERVLET);
        HintThread filter = RequestHints.enterServlet();
        HintThread servlet = RequestHints.enterServlet();
        assertThat(openNow(RequestHints.SERVLET)).isEqualTo(before + 1);
        RequestHints.leave(servlet);
        assertThat(openNow(RequestHints.SERVLET)).isEqualTo(before + 1);
        RequestHints.leave(filter);

        assertThat(openNow(RequestHints.SERVLET)).isEqualTo(before);
    }

    private static void statement(Object connection) {
        TransactionHints.leave(begin(connection));
    }

    /** What is woven into the methods of statements. */
    private static HintThread begin(Object connection) {
        HintThread thread = TransactionHints.thread();
        if (TransactionHints.isOutermost(thread)) {
            TrackedConnection tracked = TransactionHints.tracked(thread, connection);
            if (tracked == null) {
                tracked = TransactionHints.track(thread, connection, true);
            }
            TransactionHints.begin(thread, tracked);
        }
        TransactionHints.enter(thread);
        return thread;
    }

    private static void onAnotherThread(Runnable action) throws InterruptedException {
        Thread thread = new Thread(action);
        thread.start();
        thread.join();
    }

    private static long openNow() {
        return openNow(TransactionHints.NAME);
    }

    private static long openNow(String name) {
        return HintSlot.openNow(sections(name));
    }

    private static long opened() {
        return HintSlot.opened(sections(TransactionHints.NAME));
    }

    private static long sections(String name) {
        for (int i = 1; i <= HintBridge.count(); i++) {
            if (HintBridge.slot(i).name().equals(name)) {
                return HintBridge.slot(i).sections();
            }
        }
        return 0;
    }
}
