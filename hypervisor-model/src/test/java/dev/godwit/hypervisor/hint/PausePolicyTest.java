package dev.godwit.hypervisor.hint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.GuestMoment;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PausePolicyTest {
    private static final long MS = 1_000_000;

    /** Times in ms, memory in MB, rate in MB/s. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // what,                               safe, sections, used, room, rate, collects, waited, verdict
        "at once whatever is open,            false,        3,    0,    0,    0,    false,      0, GO",
        "outside,                              true,        0,    0,    0,    0,    false,      0, GO",
        "inside,                               true,        1,    0,    0,    0,     true,      0, WAIT",
        "inside at the last moment,            true,        1,    0,    0,    0,     true,    999, WAIT",
        "inside for ever,                      true,        1,    0,    0,    0,     true,   1000, FORCED",
        "a collection is due,                  true,        0,   99,  100,  100,    false,      0, WAIT",
        "a collection is due and asked for,    true,        0,   99,  100,  100,     true,      0, GO",
        "a collection is due but no time,      true,        0,   99,  100,  100,    false,   1000, GO",
        "a collection is far,                  true,        0,   10,  100,  100,    false,      0, GO",
        "just collected,                       true,        0,    0,  100,  100,    false,      0, GO",
    })
    void aPauseComesOutsideCriticalSectionsOrWhenPatienceIsOver(
            String what,
            boolean safe,
            int sections,
            long used,
            long room,
            double rate,
            boolean collects,
            long waited,
            Verdict.Kind expected) {
        PausePolicy policy = safe ? PausePolicy.safe(1000 * MS) : PausePolicy.AT_ONCE;
        GuestMoment moment = new GuestMoment(
                sections,
                5 * MS,
                List.of("settlement"),
                0,
                0,
                used * 1_000_000,
                room * 1_000_000,
                rate * 1e6,
                GuestMoment.NOT_KNOWN,
                0,
                0);

        assertThat(policy.decide(moment, waited * MS, collects).kind()).as(what).isEqualTo(expected);
    }
}
