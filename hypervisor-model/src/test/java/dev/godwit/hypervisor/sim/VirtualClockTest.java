package dev.godwit.hypervisor.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualClockTest {
    private final VirtualClock clock = new VirtualClock();

    @Test
    void passengersLiveThroughEveryNanosecondInTheOrderTheyBoarded() {
        List<String> lived = new ArrayList<>();
        clock.board((from, to) -> lived.add("a " + from + "-" + to));
        clock.board((from, to) -> lived.add("b " + from + "-" + to));

        clock.advance(5);
        clock.advance(0);
        clock.advance(2);

        assertThat(lived).containsExactly("a 0-5", "b 0-5", "a 5-7", "b 5-7");
        assertThat(clock.nanos()).isEqualTo(7);
    }

    @Test
    void whatIsToHappenAtAMomentHappensWhenEverybodyWasRunUpToItAndNobodyBeyond() {
        List<String> lived = new ArrayList<>();
        clock.board((from, to) -> lived.add(from + "-" + to));
        clock.at(7, () -> lived.add("second at " + clock.nanos()));
        clock.at(3, () -> {
            lived.add("first at " + clock.nanos());
            clock.at(7, () -> lived.add("third at " + clock.nanos()));
        });

        clock.advance(10);

        assertThat(lived).containsExactly("0-3", "first at 3", "3-7", "second at 7", "third at 7", "7-10");
        assertThatThrownBy(() -> clock.at(9, () -> {})).hasMessageContaining("it is 10 already");
    }

    @Test
    void whatIsThrownAtAMomentLeavesTheClockThere() {
        clock.at(4, () -> {
            throw new IllegalStateException("power cut");
        });

        assertThatThrownBy(() -> clock.advance(10)).hasMessage("power cut");
        assertThat(clock.nanos()).isEqualTo(4);
        clock.advance(1);
        assertThat(clock.nanos()).isEqualTo(5);
    }

    @Test
    void timeDoesNotRunBackwards() {
        assertThatThrownBy(() -> clock.advance(-1)).hasMessageContaining("byNanos=-1");
    }

    @Test
    void aNamedStreamIsTheSameForTheSameSeedAndAnotherForAnyOther() {
        long first = new RandomStreams(1).stream("pages", 3).nextLong();

        assertThat(new RandomStreams(1).stream("pages", 3).nextLong()).isEqualTo(first);
        assertThat(new RandomStreams(2).stream("pages", 3).nextLong()).isNotEqualTo(first);
        assertThat(new RandomStreams(1).stream("pages", 4).nextLong()).isNotEqualTo(first);
        assertThat(new RandomStreams(1).stream("zeros", 3).nextLong()).isNotEqualTo(first);
    }
}
