package dev.godwit.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.migration.rehearse.CheckedJvm;
import dev.godwit.hypervisor.migration.rehearse.PatientRehearsal;
import dev.godwit.linux.ForeignJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the tests of commands that rehearse have in common: a program, patience, and the answer. */
final class Rehearsing {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private Rehearsing() {}

    /** Starts a program by the JDK of this test and waits until it runs, or leaves the test out where it could not be rehearsed. */
    static ForeignJvm start(List<String> options, Class<?> program, String... arguments)
            throws IOException, InterruptedException {
        ForeignJvm jvm = ForeignJvm.start(Path.of(System.getProperty("java.home")), options, program, arguments);
        try {
            jvm.awaitOutput("running", LIMIT);
            CheckedJvm.assumeCanBeRehearsed(jvm.pid());
            return jvm;
        } catch (IOException | InterruptedException | RuntimeException | Error failed) {
            jvm.close();
            throw failed;
        }
    }

    /** What came of it: again where the machine was too busy, see {@link PatientRehearsal}. It has to succeed. */
    static Cli.Result succeed(Supplier<Cli.Result> rehearsal) throws IOException {
        Cli.Result result = PatientRehearsal.run(rehearsal::get, each -> each.out() + each.err());
        assertThat(result.code()).as(result.err() + result.out()).isZero();
        return result;
    }

    static JsonNode answer(Path json) throws IOException {
        return JsonMapper.shared().readTree(Files.readAllBytes(json));
    }
}
