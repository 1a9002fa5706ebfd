package dev.godwit.hypervisor.migration.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.migration.PageWork;
import dev.godwit.hypervisor.transport.TcpOptions;
import dev.godwit.linux.NativeAccess;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** Alone in its JVM: threads are told by their names, and those of other tests have the same. */
@Isolated
@Timeout(60)
class PageWorkMeterTest {
    private static final int PAGES = 2048;

    private final List<String> said = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void nativeAccess() {
        NativeAccess.initialise();
    }

    @Test
    void everyPartOfAPagesWorkIsMeasuredAndTheHostIsLeftInOrder() throws Exception {
        PageWork work = measure(ProcessHandle.current().pid());

        assertThat(work.coldPages()).isEqualTo(PAGES);
        assertThat(work.sendNanos()).isPositive();
        assertThat(work.firstNanos()).isPositive();
        assertThat(work.againNanos()).isPositive();
        assertThat(work.coldNanos()).isGreaterThanOrEqualTo(work.firstNanos());
        for (int i = 0; said.isEmpty() && i < 3000; i++) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(said).singleElement().asString().contains("measured").doesNotContain("dropped:");
    }

    @Test
    void aHostWhoseThreadsCannotBeSeenGivesNoFigures() {
        assertThatThrownBy(() -> measure(Integer.MAX_VALUE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("schedstat");
    }

    private PageWork measure(long hostPid) throws Exception {
        try (HostThread host = HostThread.start(TcpOptions.defaults(), 64L << 20, said)) {
            return PageWorkMeter.measure(host.address(), TcpOptions.defaults(), hostPid, PAGES);
        }
    }
}
