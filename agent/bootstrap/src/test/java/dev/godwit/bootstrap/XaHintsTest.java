package dev.godwit.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Sections of all tests have one name, so tests look at differences; each has a branch of its own. */
class XaHintsTest {
    private static final AtomicInteger LAST = new AtomicInteger();

    /** Where another test has filled the table of names, the one of all names too many. */
    private static final int SLOT = HintBridge.open(XaHints.NAME);

    private final int number = LAST.incrementAndGet();
    private final long openBefore = openNow();
    private final HintThread thread = TransactionHints.thread();
    private final Object resource = new Object();

    @Test
    void aBranchIsOpenUntilItIsOver() {
        start();
        start(); // A wrapper, or a thread that goes on.
        assertThat(openNow()).isEqualTo(openBefore + 1);
        suspend();
        assertThat(openNow()).isEqualTo(openBefore + 1);

        over();
        over();
        assertThat(openNow()).isEqualTo(openBefore);
    }

    @Test
    void statementsInABranchAreNoTransactionsOfTheirOwn() {
        start();
        assertThat(TransactionHints.isOutermost(thread)).isFalse();
        suspend();
        assertThat(TransactionHints.isOutermost(thread)).isTrue();
        start();
        assertThat(TransactionHints.isOutermost(thread)).isFalse();

        over();
        assertThat(TransactionHints.isOutermost(thread)).isTrue();
    }

    @Test
    void aThreadInTwoBranchesIsOutOfThemWhenItIsOutOfBoth() {
        start();
        XaHints.start(thread, resource, 1, name(), new byte[] {1});
        XaHints.over(1, name(), new byte[0]);
        assertThat(TransactionHints.isOutermost(thread)).isFalse();

        XaHints.over(1, name(), new byte[] {1});
        assertThat(TransactionHints.isOutermost(thread)).isTrue();
        assertThat(openNow()).isEqualTo(openBefore);
    }

    @Test
    void aThreadThatEndsInABranchEndsIt() throws InterruptedException {
        Thread other = new Thread(() -> XaHints.start(TransactionHints.thread(), resource, 1, name(), new byte[0]));
        other.start();
        other.join();
        assertThat(openNow()).isEqualTo(openBefore + 1);

        XaHints.giveUpForgotten(System.nanoTime());
        assertThat(openNow()).isEqualTo(openBefore);
    }

    @Test
    void whatStaysInDoubtForLongIsGivenUpAndWhatIsAtWorkIsNot() {
        start();
        XaHints.giveUpForgotten(System.nanoTime() + TimeUnit.HOURS.toNanos(1));
        assertThat(openNow()).isEqualTo(openBefore + 1);
        suspend();
        XaHints.giveUpForgotten(System.nanoTime() + TimeUnit.SECONDS.toNanos(30));
        assertThat(openNow()).isEqualTo(openBefore + 1);

        XaHints.giveUpForgotten(System.nanoTime() + TimeUnit.HOURS.toNanos(1));
        assertThat(openNow()).isEqualTo(openBefore);
        over();
    }

    @Test
    void aBranchWhoseResourceIsGarbageIsOver() throws InterruptedException {
        XaHints.start(thread, new Object(), 1, name(), new byte[0]);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (openNow() != openBefore && System.nanoTime() < until) {
            System.gc();
            XaHints.endForgotten(0);
            Thread.sleep(5);
        }

        assertThat(openNow()).isEqualTo(openBefore);
    }

    private void start() {
        XaHints.start(thread, resource, 1, name(), new byte[0]);
    }

    private void suspend() {
        XaHints.suspend(1, name(), new byte[0]);
    }

    private void over() {
        XaHints.over(1, name(), new byte[0]);
    }

    /** Another array each time, as from a transaction manager. */
    private byte[] name() {
        return new byte[] {(byte) number, 7};
    }

    private static long openNow() {
        return HintSlot.openNow(HintBridge.slot(SLOT).sections());
    }
}
