package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.cli.Godwit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rehearsals by every technique, at random bandwidths, of which the source, the destination host or both are killed at a
 * random moment; for {@code -Dgodwit.soak.minutes}, 5 unless given. After each death the program must have all its memory
 * and nothing of ours in it; how long it stood is printed, by the phase in which the death came.
 *
 * <pre>mvn -Psoak -pl hypervisor-model -am test -Dtest='*Soak' -Dsurefire.failIfNoSpecifiedTests=false -Dgodwit.soak.minutes=10</pre>
 *
 * <p>{@code -Dgodwit.soak.seed} begins with another seed; each line has the one of its rehearsal. Deaths come by the wall
 * clock: the same seed gives the same rehearsal, and the same victim at nearly the same moment.
 */
class DeathsAtRandomSoak {
    private static final long MINUTES = Long.getLong("godwit.soak.minutes", 5);
    private static final long FIRST_SEED = Long.getLong("godwit.soak.seed", 1);
    private static final Path HOME = Path.of(System.getProperty("java.home"));
    private static final Map<String, List<Phase>> PHASES = Map.of(
            "pre-copy", List.of(Phase.ROUNDS, Phase.PAUSE),
            "post-copy", List.of(Phase.PAUSE, Phase.MEMORY_FOLLOWS),
            "hybrid", List.of(Phase.ROUNDS, Phase.PAUSE, Phase.MEMORY_FOLLOWS),
            "cancellable-post-copy", List.of(Phase.PAUSE, Phase.MEMORY_FOLLOWS));
    private static final List<String> TECHNIQUES = List.of("pre-copy", "post-copy", "hybrid", "cancellable-post-copy");
    /** Long enough for a page that waits for the guardian's deadline, and for the one behind it. */
    private static final long WATCHED_NANOS = TimeUnit.SECONDS.toNanos(3);

    @TempDir
    private Path directory;

    private enum Victim {
        SOURCE,
        HOST,
        BOTH
    }

    private enum Phase {
        BEFORE_OR_AFTER("before or after"),
        ROUNDS("in the rounds"),
        PAUSE("in the pause"),
        MEMORY_FOLLOWS("while memory follows");

        private final String label;

        Phase(String label) {
            this.label = label;
        }
    }

    @Test
    void whoeverDiesAtWhateverMomentTheProgramRunsOnWithAllItsMemory() throws Exception {
        Map<Phase, Histogram> stood = new EnumMap<>(Phase.class);
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        long seed = FIRST_SEED;
        while (System.nanoTime() < deadline) {
            // The program ends by itself after some minutes, so that it survives no test run that is killed.
            long until = Math.min(deadline, System.nanoTime() + TimeUnit.MINUTES.toNanos(3));
            try (CheckedJvm jvm = CheckedJvm.start(HOME)) {
                while (System.nanoTime() < until) {
                    oneDeath(jvm, seed++, stood);
                }
            }
        }
        stood.forEach((phase, millis) -> System.out.printf(
                Locale.ROOT,
                "%-20s %4d deaths; the program made no step for %d ms at the median, %d ms in one of ten, %d ms at most%n",
                phase.label,
                millis.getTotalCount(),
                millis.getValueAtPercentile(50),
                millis.getValueAtPercentile(90),
                millis.getMaxValue()));
    }

    private void oneDeath(CheckedJvm jvm, long seed, Map<Phase, Histogram> stood) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        String technique = TECHNIQUES.get(random.nextInt(TECHNIQUES.size()));
        Victim victim = Victim.values()[random.nextInt(Victim.values().length)];
        List<Phase> phases = PHASES.get(technique);
        Phase awaited = phases.get(random.nextInt(phases.size()));
        int bandwidthMegabytes = 40 + random.nextInt(400);
        long extraNanos = random.nextLong(TimeUnit.MILLISECONDS.toNanos(300));

        Process rehearsal = rehearse(jvm, technique, bandwidthMegabytes, awaited);
        try {
            while (rehearsal.isAlive() && phase(jvm) != awaited) {
                Thread.sleep(1);
            }
            long killAt = System.nanoTime() + extraNanos;
            boolean brief = awaited == Phase.PAUSE && !technique.equals("pre-copy");
            while (rehearsal.isAlive() && System.nanoTime() < killAt && !brief) {
                Thread.sleep(1);
            }
            Phase phase = phase(jvm);
            kill(victim, rehearsal);
            long millis = TimeUnit.NANOSECONDS.toMillis(jvm.longestStandstillNanos(WATCHED_NANOS));
            System.out.printf(
                    Locale.ROOT,
                    "seed %d: %s at %d MB/s, %s killed %s: no step for %d ms%n",
                    seed,
                    technique,
                    bandwidthMegabytes,
                    victim.name().toLowerCase(Locale.ROOT),
                    phase.label,
                    millis);
            rehearsal.waitFor(60, TimeUnit.SECONDS);
            jvm.assertRunsOn();
            stood.computeIfAbsent(phase, key -> new Histogram(3)).recordValue(millis);
        } catch (AssertionError failed) {
            throw new AssertionError(
                    "seed " + seed + ", " + technique + ", " + victim + ": "
                            + Files.readString(directory.resolve("output")),
                    failed);
        } finally {
            rehearsal.destroyForcibly().waitFor();
        }
    }

    private static Phase phase(CheckedJvm jvm) throws IOException {
        boolean stopped = jvm.isStopped();
        boolean missing = jvm.isMissingPages();
        if (!missing && !jvm.isTracked()) {
            // What stops now has only been stopped to begin with.
            return Phase.BEFORE_OR_AFTER;
        }
        if (stopped) {
            return Phase.PAUSE;
        }
        return missing ? Phase.MEMORY_FOLLOWS : Phase.ROUNDS;
    }

    private static void kill(Victim victim, Process rehearsal) {
        List<ProcessHandle> hosts = rehearsal
                .children()
                .filter(child -> child.info()
                        .arguments()
                        .map(arguments -> List.of(arguments).contains("host"))
                        .orElse(false))
                .toList();
        if (victim != Victim.HOST) {
            rehearsal.destroyForcibly();
        }
        if (victim != Victim.SOURCE) {
            hosts.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private Process rehearse(CheckedJvm jvm, String technique, int bandwidthMegabytes, Phase awaited)
            throws IOException {
        List<String> command = new ArrayList<>(
                List.of(HOME.resolve("bin/java").toString(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Godwit.class.getName(), "rehearse"));
        command.addAll(List.of(Long.toString(jvm.pid()), "--local", "--no-agent", "--watch", "100ms"));
        command.addAll(List.of("--bandwidth", bandwidthMegabytes + "MB/s", "--technique", technique));
        if (technique.equals("pre-copy")) {
            // All of it in the pause, or never an end of the rounds.
            command.addAll(List.of("--downtime-limit", awaited == Phase.PAUSE ? "60s" : "1ms"));
        }
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }
}
