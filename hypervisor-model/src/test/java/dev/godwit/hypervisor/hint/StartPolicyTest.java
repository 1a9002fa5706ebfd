package dev.godwit.hypervisor.hint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.guest.GuestMoment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartPolicyTest {
    private static final long MS = 1_000_000;
    private static final StartPolicy POLICY = new StartPolicy(30_000 * MS);

    /** Times in ms, memory in MB, rates in MB/s; the link carries 125 MB/s. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // what,                                sections, quiet, busy, used, room, rate, writes, usual, at once, waited,
        // verdict
        "nothing is known,                             0,     0,    0,    0,    0,    0,      0,     0,  false,      0, GO",
        "in a section before a first round,            2,     0,    0,    0,    0,    0,      0,     0,  false,      0, GO",
        "in a section and about to pause,              1,     0,    0,    0,    0,    0,      0,     0,   true,      0, WAIT",
        "in a section and still patient,               1,     0,    0,    0,    0,    0,      0,     0,   true,  29999, WAIT",
        "in a section for ever,                        1,     0,    0,    0,    0,    0,      0,     0,   true,  30000, FORCED",
        "in a section in a quiet window,               1,  5000,    0,    0,    0,    0,      0,     0,   true,      0, WAIT",
        "quiet,                                        0,  5000,    0,    0,    0,    0,      0,     0,   true,      0, GO",
        "busy,                                         0,     0, 2000,    0,    0,    0,      0,     0,  false,      0, WAIT",
        "busy for ever,                                0,     0, 2000,    0,    0,    0,      0,     0,  false,  30000, FORCED",
        "a burst,                                      0,     0,    0,    0,    0,    0,    200,    50,  false,      0, WAIT",
        "a burst in a quiet window,                    0,  5000,    0,    0,    0,    0,    200,    50,  false,      0, WAIT",
        "always above the link,                        0,     0,    0,    0,    0,    0,    200,   190,  false,      0, GO",
        "more than usual but below the link,           0,     0,    0,    0,    0,    0,    100,    10,  false,      0, GO",
        "a collection in 50 ms and about to pause,     0,     0,    0,  590,  600,  200,      0,     0,   true,      0, WAIT",
        "a collection in 50 ms before a first round,   0,     0,    0,  590,  600,  200,      0,     0,  false,      0, GO",
        "a collection in half a second,                0,     0,    0,  500,  600,  200,      0,     0,   true,      0, GO",
        "a collection that is overdue,                 0,     0,    0,  610,  600,  200,      0,     0,   true,      0, GO",
        "a collection in 50 ms in a quiet window,      0,  5000,    0,  590,  600,  200,      0,     0,   true,      0, GO",
    })
    void aMomentIsJudgedByWhatIsKnownOfIt(
            String what,
            int sections,
            long quiet,
            long busy,
            long used,
            long room,
            double rate,
            double writes,
            double usual,
            boolean atOnce,
            long waited,
            Verdict.Kind expected) {
        GuestMoment moment = new GuestMoment(
                sections,
                sections * (10 * MS),
                List.of(),
                quiet * MS,
                busy * MS,
                used * 1_000_000,
                room * 1_000_000,
                rate * 1e6,
                GuestMoment.NOT_KNOWN,
                writes * 1e6,
                usual * 1e6);

        Verdict verdict = POLICY.decide(new StartPolicy.Situation(moment, waited * MS, atOnce, 125_000_000));

        assertThat(verdict.kind()).as(what + ": " + verdict.reason()).isEqualTo(expected);
        assertThat(verdict.reason()).isNotBlank();
    }

    @Test
    void whatIsWaitedForIsNamed() {
        GuestMoment moment = new GuestMoment(
                2, 1_500 * MS, List.of("settlement", "report"), 0, 0, 0, 0, 0, GuestMoment.NOT_KNOWN, 0, 0);

        assertThat(POLICY.decide(new StartPolicy.Situation(moment, 0, true, 1)).reason())
                .isEqualTo("inside \"settlement\", \"report\", open for 1500.0 ms");
    }

    @Test
    void withoutPatienceNothingIsWaitedFor() {
        GuestMoment moment = new GuestMoment(1, 0, List.of(), 0, 5 * MS, 0, 0, 0, GuestMoment.NOT_KNOWN, 0, 0);

        assertThat(new StartPolicy(0)
                        .decide(new StartPolicy.Situation(moment, 0, true, 1))
                        .kind())
                .isEqualTo(Verdict.Kind.FORCED);
        assertThatThrownBy(() -> new StartPolicy(-1)).hasMessage("longest wait -1 ns: give one of zero or more");
    }
}
