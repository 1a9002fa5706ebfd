package dev.godwit.hypervisor.migration.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.godwit.linux.Capabilities;
import dev.godwit.linux.ForeignJvm;
import dev.godwit.linux.guardian.SelfCheckingProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A JVM whose program checks all of its memory without pause, and what must be true of it after every rehearsal. */
public final class CheckedJvm implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int PAUSE_LOOKS = 20;

    private final ForeignJvm jvm;
    private final Path file;
    private final SelfCheckingProgram.Remote remote;

    private CheckedJvm(ForeignJvm jvm, Path file) throws IOException {
        this.jvm = jvm;
        this.file = file;
        this.remote = new SelfCheckingProgram.Remote(file);
    }

    /**
     * Starts one with room in the young generation, which is there from the start: somewhere in it there is nothing whenever the
     * pause comes.
     */
    static CheckedJvm startWithRoom(Path home, String collector) throws IOException, InterruptedException {
        return start(home, collector, "-Xms240m", "-Xmx240m", "-Xmn120m", "-XX:+AlwaysPreTouch");
    }

    /** Starts one, or leaves the test out where it could not be rehearsed. */
    public static CheckedJvm start(Path home, String... options) throws IOException, InterruptedException {
        Path file = Files.createTempFile("checked", ".fields");
        Files.write(file, new byte[4096]);
        List<String> all =
                Stream.concat(Stream.of("-Xmx96m"), Stream.of(options)).toList();
        CheckedJvm started =
                new CheckedJvm(ForeignJvm.start(home, all, SelfCheckingProgram.class, file.toString()), file);
        try {
            started.jvm.awaitOutput("running", LIMIT);
            started.awaitRounds(started.remote.rounds() + 50);
            assumeCanBeRehearsed(started.pid());
            return started;
        } catch (IOException | RuntimeException failed) {
            started.close();
            throw failed;
        }
    }

    /** Leaves the test out where this process could not be rehearsed, with the reason. */
    public static void assumeCanBeRehearsed(long pid) {
        Capabilities.probe(pid)
                .missing(Capabilities.Ability.TRACK_WRITES)
                .ifPresent(missing -> Assumptions.abort("cannot rehearse here: " + missing));
    }

    public long pid() {
        return jvm.pid();
    }

    /** It runs, within a second, with all its memory, and nothing of ours is in it. */
    public void assertRunsOn() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        String status = status();
        // A killed tracer is gone when the kernel says so, which on a busy machine is not at once.
        while ((!status.contains("TracerPid:\t0\n") || isTracked()) && System.nanoTime() < deadline) {
            Thread.sleep(5);
            status = status();
        }
        assertThat(status)
                .contains("TracerPid:\t0\n")
                .doesNotContain("State:\tt")
                .doesNotContain("State:\tT");
        assertThat(isTracked()).isFalse();
        // Every array is checked at least twice.
        awaitRounds(remote.rounds() + 100);
        assertThat(remote.errors()).as(jvm.output()).isZero();
        assertThat(jvm.isAlive()).as(jvm.output()).isTrue();
    }

    /** Watches it for a while: the longest time within it, or from its beginning on, in which it checked no array. */
    long longestStandstillNanos(long nanos) throws InterruptedException {
        long from = System.nanoTime();
        long lastStep = from;
        long longest = 0;
        long rounds = remote.rounds();
        for (long now = from;
                now - from < nanos || (remote.rounds() == rounds && jvm.isAlive());
                now = System.nanoTime()) {
            if (now - from > LIMIT.toNanos()) {
                return now - lastStep;
            }
            if (remote.rounds() != rounds) {
                rounds = remote.rounds();
                longest = Math.max(longest, now - lastStep);
                lastStep = now;
            }
            Thread.sleep(1);
        }
        return longest;
    }

    /** It notices that its memory is not what it was: by its own checks, or by falling over. */
    void assertBreaks() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (jvm.isAlive() && remote.errors() == 0 && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
        assertThat(!jvm.isAlive() || remote.errors() > 0).as(jvm.output()).isTrue();
    }

    /** True while its writes are tracked, or its missing pages are served, by userfaultfd. */
    boolean isTracked() throws IOException {
        return hasFlag(" uw") || isMissingPages();
    }

    /** True while pages of it may be missing. */
    boolean isMissingPages() throws IOException {
        return hasFlag(" um");
    }

    private boolean hasFlag(String flag) throws IOException {
        return Files.readString(Path.of("/proc/" + pid() + "/smaps"))
                .lines()
                .anyMatch(line -> line.startsWith("VmFlags:") && line.contains(flag));
    }

    boolean isStopped() throws IOException {
        return status().contains("State:\tt");
    }

    /** True in the pause: all looks find it stopped. A look or two may find one thread stopped for the tracker. */
    boolean isInPause() throws IOException, InterruptedException {
        for (int looks = 0; looks < PAUSE_LOOKS; looks++) {
            if (!isStopped()) {
                return false;
            }
            Thread.sleep(5);
        }
        return true;
    }

    private String status() throws IOException {
        return Files.readString(Path.of("/proc/" + pid() + "/status"));
    }

    private void awaitRounds(long rounds) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (remote.rounds() < rounds) {
            if (System.nanoTime() > deadline || !jvm.isAlive()) {
                fail("the program stands at " + remote.rounds() + " of " + rounds + ": " + jvm.output());
            }
            Thread.sleep(5);
        }
    }

    @Override
    public void close() throws IOException {
        jvm.close();
        Files.deleteIfExists(file);
        Files.deleteIfExists(Path.of(file + ".data"));
    }
}
