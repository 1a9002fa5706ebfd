package dev.godwit.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.servlet.AsyncContext;
import javax.servlet.AsyncListener;
import javax.servlet.ServletRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sections of all tests have one name, so tests look at differences. */
class AsyncRequestsTest {
    private final long openBefore = openNow();

    AsyncRequestsTest() {
        RequestHints.followAsync();
    }

    /** What a container says in the end. */
    private enum Says {
        COMPLETE,
        TIMEOUT,
        ERROR,
        STARTED_AGAIN
    }

    @ParameterizedTest
    @EnumSource(Says.class)
    void aRequestThatGoesOnIsOpenUntilTheContainerSaysSo(Says says) {
        Request request = new Request(true);
        serve(request);
        assertThat(openNow()).isEqualTo(openBefore + 1);

        request.tell(says);
        assertThat(openNow()).isEqualTo(openBefore);
        request.tell(Says.COMPLETE);
        assertThat(openNow()).as("ended once").isEqualTo(openBefore);
    }

    @Test
    void aRequestThatReturnsIsOver() {
        serve(new Request(false));
        serve(null);

        assertThat(openNow()).isEqualTo(openBefore);
    }

    @Test
    void onlyTheOutermostFilterHandsItsSectionOn() {
        Request request = new Request(true);
        HintThread filter = RequestHints.enterServlet();
        serve(request);
        assertThat(request.listeners).isEmpty();
        RequestHints.leaveServlet(filter, request);

        assertThat(request.listeners).hasSize(1);
        assertThat(openNow()).isEqualTo(openBefore + 1);
        request.tell(Says.COMPLETE);
    }

    @Test
    void aContainerThatTakesNoListenerLeavesNothingOpen() {
        Request request = new Request(true);
        request.refuses = true;
        serve(request);

        assertThat(openNow()).isEqualTo(openBefore);
    }

    @Test
    void aContainerThatRecyclesARequestWithoutAWordLeavesNothingOpen() throws InterruptedException {
        Request request = new Request(true);
        serve(request);
        request.listeners.clear();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (openNow() != openBefore && System.nanoTime() < until) {
            System.gc();
            // Time stands still: that it takes long is not looked at.
            RequestHints.endForgotten(0);
            Thread.sleep(5);
        }

        assertThat(openNow()).isEqualTo(openBefore);
    }

    @Test
    void whatTakesLongWaitsForAnEventAndIsNotCriticalAnyMore() {
        Request request = new Request(true);
        serve(request);
        RequestHints.endLong(System.nanoTime() + TimeUnit.SECONDS.toNanos(5));
        assertThat(openNow()).isEqualTo(openBefore + 1);

        RequestHints.endLong(System.nanoTime() + TimeUnit.SECONDS.toNanos(11));
        assertThat(openNow()).isEqualTo(openBefore);
        request.tell(Says.COMPLETE);
        assertThat(openNow()).isEqualTo(openBefore);
    }

    private static void serve(Request request) {
        RequestHints.leaveServlet(RequestHints.enterServlet(), request);
    }

    private static long openNow() {
        for (int i = 1; i <= HintBridge.count(); i++) {
            if (HintBridge.slot(i).name().equals(RequestHints.SERVLET)) {
                return HintSlot.openNow(HintBridge.slot(i).sections());
            }
        }
        return 0;
    }

    private static final class Request implements ServletRequest, AsyncContext {
        private final boolean async;
        private final List<AsyncListener> listeners = new ArrayList<>();
        private boolean refuses;

        Request(boolean async) {
            this.async = async;
        }

        @Override
        public boolean isAsyncStarted() {
            return async;
        }

        @Override
        public AsyncContext getAsyncContext() {
            return this;
        }

        @Override
        public void addListener(AsyncListener listener) {
            if (refuses) {
                throw new IllegalStateException("too late");
            }
            listeners.add(listener);
            // A container may look for it, and log it.
            assertThat(listeners).contains(listener);
            assertThat(listener).hasToString(RequestHints.SERVLET).doesNotHaveSameHashCodeAs(this);
        }

        void tell(Says says) {
            for (AsyncListener each : listeners) {
                switch (says) {
                    case COMPLETE -> each.onComplete(this);
                    case TIMEOUT -> each.onTimeout(this);
                    case ERROR -> each.onError(this);
                    case STARTED_AGAIN -> each.onStartAsync(this);
                }
            }
        }
    }
}
