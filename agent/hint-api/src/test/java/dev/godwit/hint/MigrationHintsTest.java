package dev.godwit.hint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
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
                    MigrationHints.quiet("negative", Duration.ofSeconds(-1));
                    MigrationHints.quiet("endless", Duration.ofSeconds(Long.MAX_VALUE));
                })
                .doesNotThrowAnyException();
    }
}
