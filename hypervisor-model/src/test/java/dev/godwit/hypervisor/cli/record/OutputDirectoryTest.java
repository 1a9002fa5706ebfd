package dev.godwit.hypervisor.cli.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.cli.CommandFailure;
import dev.godwit.hypervisor.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputDirectoryTest {
    @TempDir
    private Path folder;

    @Test
    void aFailedRecordingTakesBackExactlyWhatWasMade() throws Exception {
        Path mine = Files.createDirectory(folder.resolve("mine"));

        OutputDirectory output = OutputDirectory.claim(mine.resolve("a/b/trace"));
        Files.writeString(output.path().resolve("x.cq4"), "half");
        output.remove();

        assertThat(mine).isEmptyDirectory();
    }

    @Test
    void anEmptyDirectoryOfTheUserStaysAsItWas() throws Exception {
        Path mine = Files.createDirectory(folder.resolve("mine"));

        OutputDirectory output = OutputDirectory.claim(mine);
        Files.writeString(output.path().resolve("x.cq4"), "half");
        output.remove();

        assertThat(mine).isEmptyDirectory();
    }

    @Test
    void aDirectoryThatSomeoneElseUsedMeanwhileIsNotRemoved() throws Exception {
        OutputDirectory output = OutputDirectory.claim(folder.resolve("traces/one"));
        Path other = Files.createDirectory(folder.resolve("traces/two"));
        output.remove();

        assertThat(output.path()).doesNotExist();
        assertThat(other).isDirectory();
    }

    @Test
    void onlyTheOwnerMayLookIn() throws Exception {
        OutputDirectory output = OutputDirectory.claim(folder.resolve("trace"));

        assertThat(Files.getPosixFilePermissions(output.path()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aDirectoryThatHoldsSomethingAndAFileAreRefusedAndStay() throws Exception {
        Path full = Files.createDirectory(folder.resolve("full"));
        Path file = Files.writeString(full.resolve("file"), "mine");

        assertRefused(full, "it is not empty");
        assertThat(file).hasContent("mine");
        assertRefused(file, "it is no directory");
        assertThat(file).hasContent("mine");
    }

    @Test
    void theDefaultNameSaysWhatWasRecordedAndHoldsNoOddLetters() {
        assertThat(OutputDirectory.defaultPath("my service/../x").toString())
                .matches("godwit-traces/my-service-\\.\\.-x-\\d{8}-\\d{6}");
        assertThat(OutputDirectory.defaultPath("").toString()).startsWith("godwit-traces/program-");
    }

    private static void assertRefused(Path path, String why) {
        assertThatThrownBy(() -> OutputDirectory.claim(path))
                .isInstanceOfSatisfying(
                        CommandFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageStartingWith("cannot record into " + path + ": " + why);
    }
}
