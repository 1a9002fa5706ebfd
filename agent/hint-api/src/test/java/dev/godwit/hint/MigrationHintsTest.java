package dev.godwit.hint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

class MigrationHintsTest {

    @Test
    void withoutTheAgentAllSectionsAreOneAndTheSame() {
        try (CriticalSection outer = MigrationHints.critical("outer");
                CriticalSection inner = MigrationHints.critical("inner")) {
            assertThat(outer).isSameAs(inner);
        }
    }

    @Test
    void sectionsOfOneSlotShareAnObject() {
        assertThat(CriticalSection.at(3)).isSameAs(CriticalSection.at(3)).isNotSameAs(CriticalSection.at(2));
        assertThat(CriticalSection.at(-1)).isSameAs(CriticalSection.at(0));
    }

    @Test
    void nothingThatIsPassedInThrows() {
        assertThatCode(() -> {
                    MigrationHints.critical(null).close();
                    MigrationHints.safePoint(null);
                    MigrationHints.quiet(null, null);
                    MigrationHints.busy(null, null);
                    MigrationHints.busy("over", Duration.ZERO);
                    MigrationHints.discardable(null).close();
                    MigrationHints.discardable(ByteBuffer.allocate(10)).close();
                    MigrationHints.refetchable(ByteBuffer.allocateDirect(10), null, 0)
                            .close();
                    MigrationHints.refetchable(ByteBuffer.allocateDirect(10), Path.of("x"), -1)
                            .close();
                    MigrationHints.addListener(null);
                    MigrationHints.removeListener(null);
                    MigrationHints.quiet("negative", Duration.ofSeconds(-1));
                    MigrationHints.quiet("endless", Duration.ofSeconds(Long.MAX_VALUE));
                })
                .doesNotThrowAnyException();
    }

    @Test
    void aListenerIsHeldWeaklyAndOnce() {
        List<String> told = new ArrayList<>();
        MigrationListener kept = new MigrationListener() {
            @Override
            public void preparing() {
                told.add("preparing");
            }

            @Override
            public void aborted() {
                told.add("aborted");
            }
        };
        MigrationHints.addListener(kept);
        MigrationHints.addListener(kept);
        MigrationHints.addListener(new MigrationListener() {});
        for (int i = 0; i < 1_000 && Listeners.alive().length > 1; i++) {
            System.gc();
        }
        IntConsumer[] alive = Listeners.alive();
        assertThat(alive).hasSize(1);
        alive[0].accept(Listeners.PREPARING);
        alive[0].accept(Listeners.RESUMED);
        alive[0].accept(Listeners.ABORTED);
        alive[0].accept(99);
        assertThat(told).containsExactly("preparing", "aborted");
        MigrationHints.removeListener(kept);
        assertThat(Listeners.alive()).isEmpty();
    }
}
