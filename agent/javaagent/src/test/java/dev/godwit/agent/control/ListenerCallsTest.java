package dev.godwit.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.bootstrap.ListenerSources;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The sources are one list per JVM: each test adds one of its own, and empties it. */
@Timeout(60)
class ListenerCallsTest {
    private final BlockingQueue<String> called = new LinkedBlockingQueue<>();
    private final ListenerCalls calls = new ListenerCalls(30_000_000_000L);
    private volatile IntConsumer[] listeners = {};

    /** No local variable, which a collection that another test asks for may find unused. */
    private Supplier<IntConsumer[]> other;

    @SuppressWarnings("UnnecessaryLambda") // Its identity is what counts.
    private final Supplier<IntConsumer[]> source = () -> listeners;

    private void listeners(IntConsumer... those) {
        listeners = those;
        ListenerSources.add(source);
    }

    private IntConsumer noting(String name) {
        return code -> called.add(name + code);
    }

    private String next() throws InterruptedException {
        return called.poll(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void forget() {
        listeners = new IntConsumer[0];
    }

    @Test
    void theLastAddedPreparesFirstAndGoesOnLast() {
        listeners(noting("a"), noting("b"));
        calls.tell(MigrationEvent.PREPARING);
        calls.tell(MigrationEvent.PAUSED);
        calls.tell(MigrationEvent.RESUMED);
        calls.tell(MigrationEvent.DONE);
        assertThat(called).containsExactly("b1", "a1", "a2", "b2");
    }

    @Test
    void aListenerThatThrowsKeepsNobodyFromBeingCalled() {
        listeners(noting("a"), code -> {
            throw new AssertionError("the application's");
        });
        calls.tell(MigrationEvent.PREPARING);
        assertThat(called).containsExactly("a1");
    }

    @Test
    void aListenerThatHangsStopsNeitherTheMigrationNorTheOthersAndIsCalledAgainOnceItReturns() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        IntConsumer hanging = code -> {
            called.add("hanging" + code);
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                gone.countDown();
            }
        };
        listeners(noting("a"), hanging);
        ListenerCalls calls = new ListenerCalls(500_000_000);
        calls.tell(MigrationEvent.PREPARING);
        assertThat(List.of(next(), next())).containsExactly("hanging1", "a1");
        calls.tell(MigrationEvent.RESUMED);
        assertThat(next()).isEqualTo("a2");
        assertThat(called).isEmpty();

        go.countDown();
        gone.await();
        for (String name = ""; !"hanging3".equals(name); name = called.poll()) {
            calls.tell(MigrationEvent.ABORTED);
        }
    }

    @Test
    void aCopyOfTheApiThatIsGoneIsForgotten() {
        listeners(noting("a"));
        other = () -> new IntConsumer[] {noting("other")};
        ListenerSources.add(other);
        assertThat(ListenerSources.listeners()).hasSize(2);
        other = null;
        for (int i = 0; i < 1_000 && ListenerSources.listeners().size() > 1; i++) {
            System.gc();
        }
        assertThat(ListenerSources.listeners()).hasSize(1);
    }
}
