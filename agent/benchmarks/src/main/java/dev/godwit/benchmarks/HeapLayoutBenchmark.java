package dev.godwit.benchmarks;

import dev.godwit.agent.heap.HeapProbe;
import dev.godwit.agent.heap.HeapProbes;
import dev.godwit.trace.HeapLayout;
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

/** What one snapshot of the layout of a 4 GiB G1 heap costs: 2048 regions. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        // The agent exports the package to itself; a benchmark has no Instrumentation to do so with.
        jvmArgs = {
            "-Xms4g",
            "-Xmx4g",
            "-XX:+UseG1GC",
            "-XX:G1HeapRegionSize=2m",
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED"
        })
@State(Scope.Benchmark)
public class HeapLayoutBenchmark {
    private HeapProbe probe;

    /** Opens the probe, and proves that it reads what is to be measured. */
    @Setup
    public void open() {
        probe = HeapProbes.open(null);
        if (!probe.hasLayout() || probe.read(0).size() != 2048) {
            throw new IllegalStateException("no layout of 2048 regions: " + probe.limitation());
        }
    }

    /** One snapshot. */
    @Benchmark
    public HeapLayout snapshot() {
        return probe.read(0);
    }

    /** The check for a new collection, which the recorder does at each wake-up. */
    @Benchmark
    public long epoch() {
        return probe.epoch();
    }
}
