package dev.godwit.hypervisor.hint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.hint.CollectionPolicy.Choice;
import dev.godwit.hypervisor.hint.CollectionPolicy.Outlook;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollectionPolicyTest {
    private static final long LIMIT = 300_000_000;
    private static final long BANDWIDTH = 125_000_000;

    /** Memory in MB, collection in ms, rate in MB/s; a link of 125 MB/s, a limit of 300 ms. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // what,                                         rest, young, alive, collection, writes, deferring, shrinking,
        // last, if it
        // pays, always
        "much garbage,                                      1,   600,     5,         20,    300,      true, false, false, COLLECT, COLLECT",
        "much garbage of a slow application,                1,   600,     5,         20,     10,      true, false, false, COLLECT, COLLECT",
        "just collected,                                    1,     2,     5,         20,    300,      true, false, false, PAUSE_AT_ONCE, COLLECT",
        "little to save,                                    1,    10,     8,         50,    300,      true, false, false, PAUSE_AT_ONCE, COLLECT",
        "mostly alive and followed,                         1,   100,    80,        400,     10,      true, false, false, SEND_YOUNG, NEXT_ROUND",
        "mostly alive and not followed,                     1,   100,    80,        400,    300,      true, false, false, NEXT_ROUND, NEXT_ROUND",
        "mostly alive and nothing known,                    1,   100,    80,        400,      0,      true, false, false, NEXT_ROUND, NEXT_ROUND",
        "alive but it fits: slow and followed,              1,   100,    20,        400,     10,      true, false, false, SEND_YOUNG, COLLECT",
        "alive but it fits: slow and not followed,          1,   100,    20,        400,    300,      true, false, false, COLLECT, COLLECT",
        "sent in the rounds and down to little,             1,     2,    80,        400,     10,     false, false, false, PAUSE_AT_ONCE, NEXT_ROUND",
        "sent in the rounds and stuck,                     20,    60,    10,        400,     90,     false, false,  true, COLLECT, COLLECT",
        "the rest is not down yet,                        100,   600,     5,         20,    300,      true, false, false, NEXT_ROUND, NEXT_ROUND",
        "the rest is not down yet of a slow one,          100,   600,     5,         20,     10,      true, false, false, NEXT_ROUND, NEXT_ROUND",
        "fits and another round would make it fit better, 23,   600,     9,         20,    300,      true,  true, false, NEXT_ROUND, COLLECT",
        "fits well beside twice as much,                    5,   600,    10,         20,    300,      true,  true, false, COLLECT, COLLECT",
        "fits and no round makes it fit better,            23,   600,     9,         20,    300,      true, false, false, COLLECT, COLLECT",
        "fits and there is no other round,                 23,   600,     9,         20,    300,      true,  true,  true, COLLECT, COLLECT",
        "the rest never comes down,                       100,   600,     5,         20,     10,      true, false,  true, NEXT_ROUND, NEXT_ROUND",
    })
    void aCollectionIsMadeIfItPays(
            String what,
            double rest,
            double young,
            double alive,
            long collectionMillis,
            double writes,
            boolean deferring,
            boolean shrinking,
            boolean last,
            Choice ifItPays,
            Choice always) {
        Outlook outlook = new Outlook(
                rest * 1e6,
                young * 1e6,
                alive * 1e6,
                collectionMillis * 1_000_000,
                BANDWIDTH,
                100_000,
                LIMIT,
                writes * 1e6,
                deferring,
                shrinking,
                last);

        assertThat(CollectionPolicy.IF_IT_PAYS.decide(outlook)).as(what).isEqualTo(ifItPays);
        assertThat(CollectionPolicy.ALWAYS.decide(outlook)).as(what).isEqualTo(always);
    }

    @Test
    void noPauseIsChosenThatDoesNotFitAndNoCollectionThatCostsMoreThanItSavesUnlessItIsTheLastResort() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 100_000; i++) {
            double young = random.nextDouble() * 1e8;
            Outlook outlook = new Outlook(
                    random.nextDouble() * 5e7,
                    young,
                    random.nextDouble() * 1.2 * young,
                    random.nextInt(500_000_000),
                    BANDWIDTH,
                    100_000,
                    LIMIT,
                    random.nextDouble() * 2e8,
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextInt(4) == 0);
            Choice choice = CollectionPolicy.IF_IT_PAYS.decide(outlook);
            if (choice == Choice.COLLECT) {
                assertThat(outlook.collectedNanos()).isLessThanOrEqualTo(LIMIT);
                assertThat(outlook.pays() || outlook.lastResort()).isTrue();
            }
            if (choice == Choice.PAUSE_AT_ONCE) {
                assertThat(outlook.atOnceNanos()).isLessThanOrEqualTo(LIMIT);
                assertThat(outlook.pays()).isFalse();
            }
            assertThat(choice == Choice.SEND_YOUNG && !outlook.deferring()).isFalse();
        }
    }
}
