package dev.godwit.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The bridge is one per JVM, so each test uses a name of its own, and the one that fills the table comes last, behind the other
 * classes too.
 */
@Order(Integer.MAX_VALUE)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HintBridgeTest {

    @Test
    void aNameKeepsItsSlot() {
        int first = HintBridge.open("kept");
        HintBridge.close(first);

        assertThat(HintBridge.open(new String("kept".toCharArray()))).isEqualTo(first);
        assertThat(HintBridge.slot(first).name()).isEqualTo("kept");
    }

    @Test
    void nestedSectionsAreOpenUntilTheLastCloses() {
        int slot = HintBridge.open("nested");
        HintBridge.open("nested");
        HintBridge.close(slot);
        assertThat(openNow(slot)).isEqualTo(1);

        HintBridge.close(slot);
        assertThat(openNow(slot)).isZero();
        assertThat(HintSlot.opened(HintBridge.slot(slot).sections())).isEqualTo(2);
    }

    @Test
    void aCloseTooManyIsIgnored() {
        int slot = HintBridge.open("closed twice");
        HintBridge.close(slot);
        HintBridge.close(slot);
        HintBridge.close(0);
        HintBridge.close(-1);
        HintBridge.close(Integer.MAX_VALUE);

        assertThat(openNow(slot)).isZero();
        HintBridge.open("closed twice");
        assertThat(openNow(slot)).isEqualTo(1);
    }

    @Test
    void theOutermostSectionTellsWhoOpenedItAndAfterWhichReading() throws InterruptedException {
        HintBridge.readAt(41);
        Thread opener = new Thread(() -> HintBridge.open("outermost"), "the opener");
        opener.start();
        opener.join();
        HintBridge.readAt(42);
        int slot = HintBridge.open("outermost");

        assertThat(HintBridge.slot(slot).openedAt()).isEqualTo(41);
        assertThat(HintBridge.slot(slot).opener()).isEqualTo("the opener");
    }

    @Test
    void noSectionIsLostWhenThreadsRace() throws InterruptedException {
        int rounds = 50_000;
        Thread[] threads = new Thread[4];
        CountDownLatch start = new CountDownLatch(1);
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> openAndCloseAfter(start, rounds));
            threads[i].start();
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        int slot = HintBridge.open("raced");
        long sections = HintBridge.slot(slot).sections();
        assertThat(HintSlot.opened(sections)).isEqualTo(threads.length * (long) rounds + 1);
        assertThat(HintSlot.openNow(sections)).isEqualTo(1);
    }

    private static void openAndCloseAfter(CountDownLatch start, int rounds) {
        try {
            start.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (int i = 0; i < rounds; i++) {
            HintBridge.close(HintBridge.open("raced"));
        }
    }

    @Test
    void safePointsAndQuietTimesAreCounted() {
        HintBridge.safePoint("counted");
        HintBridge.safePoint("counted");
        HintBridge.quiet("counted", 7);
        HintSlot slot = HintBridge.slot(HintBridge.open("counted"));

        assertThat(slot.safePoints()).isEqualTo(2);
        assertThat(slot.quiets()).isEqualTo(1);
        assertThat(slot.quietNanos()).isEqualTo(7);
    }

    @Test
    void namesAreCutAndControlCharactersReplaced() {
        int slot = HintBridge.open("\u001b[2J".repeat(100));

        assertThat(HintBridge.slot(slot).name())
                .hasSize(HintBridge.MAX_NAME_LENGTH)
                .startsWith("?[2J?");
        assertThat(HintBridge.open("\u001b[2J".repeat(200))).isEqualTo(slot);
        assertThat(HintBridge.slot(HintBridge.open(null)).name()).isEmpty();
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void namesTooManyShareOneSlot() {
        for (int i = 0; i < 2 * HintBridge.MAX_SLOTS; i++) {
            HintBridge.open("name " + i);
        }
        int late = HintBridge.open("late");

        assertThat(HintBridge.count()).isEqualTo(HintBridge.MAX_SLOTS);
        assertThat(HintBridge.slot(late).name()).isEqualTo(HintBridge.OTHER);
        assertThat(HintBridge.open("later")).isEqualTo(late);
        assertThat(HintBridge.open("name 0")).isNotEqualTo(late);
    }

    private static long openNow(int slot) {
        return HintSlot.openNow(HintBridge.slot(slot).sections());
    }
}
