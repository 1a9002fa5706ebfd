package dev.godwit.benchmarks;

import dev.godwit.hint.CriticalSection;
import dev.godwit.hint.MigrationHints;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What calls of the hint API cost, without the agent and with it. Run from the top of the source tree. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class HintBenchmark {
    /** An open-close pair, no agent. */
    @Benchmark
    @Fork(2)
    @SuppressWarnings("try")
    public void criticalWithoutAgent() {
        try (CriticalSection section = MigrationHints.critical("settlement")) {
            // The section does nothing: its own cost is what is measured.
        }
    }

    /** An open-close pair with the agent. */
    @Benchmark
    @Fork(value = 2, jvmArgsAppend = Programs.AGENT_OPTION)
    @SuppressWarnings("try")
    public void criticalWithAgent(Connected connected) {
        try (CriticalSection section = MigrationHints.critical("settlement")) {
            // As above.
        }
    }

    /** A safe point with the agent. */
    @Benchmark
    @Fork(value = 2, jvmArgsAppend = Programs.AGENT_OPTION)
    public void safePointWithAgent(Connected connected) {
        MigrationHints.safePoint("batch done");
    }

    /** For comparison: one reading of the clock, which the API does without. */
    @Benchmark
    @Fork(1)
    public long nanoTime() {
        return System.nanoTime();
    }

    /** Makes sure that the agent has connected the API before anything is measured. */
    @State(Scope.Benchmark)
    public static class Connected {
        /** Waits for the agent. */
        @Setup
        public void await() throws Exception {
            LoadedAgent.awaitNames(
                    1, () -> MigrationHints.critical("settlement").close());
        }
    }
}
