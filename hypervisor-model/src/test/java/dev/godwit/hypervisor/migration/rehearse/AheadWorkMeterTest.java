package dev.godwit.hypervisor.migration.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.migration.AheadWork;
import dev.godwit.hypervisor.transport.TcpOptions;
import dev.godwit.linux.Capabilities;
import dev.godwit.linux.NativeAccess;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** Alone in its JVM: threads are told by their names, and those of other tests have the same. */
@Isolated
@Timeout(120)
class AheadWorkMeterTest {
    /** More than two reports of progress. */
    private static final int PAGES = 1 << 14;

    private final List<String> said = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void canTakePagesAway() {
        NativeAccess.initialise();
        Capabilities.probe(ProcessHandle.current().pid())
                .missing(Capabilities.Ability.MISSING_PAGES)
                .ifPresent(missing -> Assumptions.abort("cannot rehearse here: " + missing));
    }

    @Test
    void theWorkOfEachThreadThatHasToDoWithAPageIsMeasured() throws Exception {
        AheadWork work = measure(ProcessHandle.current().pid(), PAGES);

        assertThat(work.sendNanos()).isPositive();
        assertThat(work.hostNanos()).isPositive();
        assertThat(work.takeNanos()).isPositive();
        assertThat(work.placeNanos()).isPositive();
        assertThat(work.handOverNanos()).isPositive();
    }

    @Test
    void aHostWhoseThreadsCannotBeSeenGivesNoFigures() {
        assertThatThrownBy(() -> measure(Integer.MAX_VALUE, PAGES))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("schedstat");
    }

    private AheadWork measure(long hostPid, int pages) throws IOException {
        try (HostThread host = HostThread.start(said)) {
            return AheadWorkMeter.measure(host.address(), TcpOptions.defaults(), hostPid, pages);
        }
    }
}
