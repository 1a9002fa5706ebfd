package dev.godwit.hypervisor.cli.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.cli.CommandFailure;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RehearsedProgramTest {
    private static final List<String> JAVA = List.of("-Xmx32m", "-XX:+UseSerialGC", "-cp");

    @Test
    void aProgramThatEndsBehindItsFirstLineIsSaidToHaveDoneSoWithItsExitCodeAndItsLastLine() throws Exception {
        try (RehearsedProgram program = RehearsedProgram.start("short", words("1"))) {
            while (program.howItEnded().isEmpty()) {
                Thread.sleep(5);
            }
            assertThat(program.howItEnded())
                    .contains("short ended by itself, with exit code 3; the last it said was: no more of this");
            assertThatThrownBy(program::requireAlive)
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("exit code 3");
        }
    }

    @Test
    void aProgramThatSaysNothingOnItsOutputIsNotStarted() {
        assertThatThrownBy(() -> RehearsedProgram.start("mute", words("0")))
                .isInstanceOf(CommandFailure.class)
                .hasMessage(
                        "cannot start mute: ended by itself, with exit code 3; the last it said was: no more of this");
    }

    @Test
    void oneThatRunsHasNotEndedAndOneThatWasRunningBeforeIsNotOurs() {
        try (RehearsedProgram program = RehearsedProgram.start("long", words("2"))) {
            assertThat(program.requireAlive().howItEnded()).isEmpty();
        }
        assertThat(RehearsedProgram.running(4_194_304).howItEnded()).isEmpty();
    }

    private static List<String> words(String how) {
        return List.of(
                JAVA.get(0),
                JAVA.get(1),
                JAVA.get(2),
                System.getProperty("java.class.path"),
                Ending.class.getName(),
                how);
    }

    /** Says a first line unless its argument is 0, and ends unless that is 2. */
    public static final class Ending {
        public static void main(String[] arguments) throws IOException {
            if (!arguments[0].equals("0")) {
                System.out.println("running");
            }
            if (arguments[0].equals("2")) {
                int unused = System.in.read();
            }
            System.err.println("no more of this");
            System.exit(3);
        }
    }
}
