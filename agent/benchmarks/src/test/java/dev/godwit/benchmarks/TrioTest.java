package dev.godwit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.godwit.benchmarks.Work.Figure;
import dev.godwit.benchmarks.Work.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrioTest {
    @Test
    void theAgentsShopIsHeldAgainstTheMeanOfTheTwoWithoutIt() {
        Trio trio = new Trio(List.of(List.of(work(100, 100), work(100, 400), work(100, 220))));

        assertThat(trio.control(Figure.SERVER))
                .singleElement()
                .satisfies(each -> assertThat(Math.exp(each)).isCloseTo(4, within(1e-9)));
        assertThat(trio.agent(Figure.SERVER))
                .singleElement()
                .satisfies(each -> assertThat(Math.exp(each)).isCloseTo(1.1, within(1e-9)));
    }

    @Test
    void whatIsComparedIsTheTimeForEachRequest() {
        // The machine gave the third shop half the time in this block, and so it did half the work.
        Trio trio = new Trio(List.of(List.of(work(100, 800), work(100, 800), work(50, 400))));

        assertThat(trio.agent(Figure.SERVER)).containsExactly(0.0);
        assertThat(trio.agent(Figure.ALL)).containsExactly(0.0);
    }

    @Test
    void theCompilersTimeIsLeftOut() {
        Work work = new Work(
                10,
                500,
                Map.of(Kind.SERVER, 100L, Kind.CUSTOMERS, 20L, Kind.JVM, 8L, Kind.AGENT, 2L, Kind.COMPILERS, 300L));

        assertThat(work.nanosPerRequest(Figure.ALL)).isEqualTo(13);
        assertThat(work.nanosPerRequest(Figure.SERVER)).isEqualTo(10);
        assertThat(work.nanosPerRequest(Figure.CLOCK)).isEqualTo(50);
    }

    @Test
    void workAddsUp() {
        Work sum = Work.sum(List.of(work(1, 10), new Work(2, 5, Map.of(Kind.AGENT, 3L))));

        assertThat(sum).isEqualTo(new Work(3, 15, Map.of(Kind.SERVER, 10L, Kind.AGENT, 3L)));
    }

    @Test
    void threadsAreToldApartByTheirNames() {
        assertThat(List.of(
                        "customers-0", "C2 CompilerThre", "G1 Main Marker", "GC Thread#0", "godwit-agent", "qtp123-20"))
                .extracting(Kind::of)
                .containsExactly(Kind.CUSTOMERS, Kind.COMPILERS, Kind.JVM, Kind.JVM, Kind.AGENT, Kind.SERVER);
    }

    /** On the clock for as long as its server's threads used the processor. */
    private static Work work(long requests, long nanos) {
        return new Work(requests, nanos, Map.of(Kind.SERVER, nanos));
    }
}
