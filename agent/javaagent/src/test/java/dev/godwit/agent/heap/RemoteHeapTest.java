package dev.godwit.agent.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.linux.ProcessPause;
import dev.godwit.trace.Collector;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.SpaceKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The heap of another JVM, which runs, is stopped, or is no JVM at all. */
class RemoteHeapTest {
    private static final String ALL = "dev.godwit.agent.heap.ForkedJvm#collectorsAndJdks";
    private static final long PAUSE_LIMIT_NANOS = Duration.ofSeconds(20).toNanos();

    @TempDir
    Path directory;

    private Process process;
    private BufferedReader output;

    private void start(String collector, int feature, String... arguments) throws IOException {
        process = ForkedJvm.start(directory, feature, collector, RemoteHeapMain.class, arguments);
        output = process.inputReader(StandardCharsets.UTF_8);
        assertThat(output.readLine()).isEqualTo("ready");
    }

    @AfterEach
    void end() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    @ParameterizedTest(name = "{0} on JDK {1}")
    @MethodSource(ALL)
    void theLayoutOfAStoppedJvmIsTheOneItReadsItself(String collector, int feature) throws Exception {
        start(collector, feature);
        try (RemoteHeap heap = RemoteHeap.open(process.pid());
                ProcessPause pause = ProcessPause.of(process.pid(), ProcessPause.Mechanism.SIGNAL)) {
            assertThat(heap.collector()).isEqualTo(Collector.valueOf(collector.toUpperCase(Locale.ROOT)));
            for (int round = 0; round < 5; round++) {
                pause.pause(PAUSE_LIMIT_NANOS);
                HeapLayout read = heap.readLayout(7);
                assertThat(heap.isCollecting()).isFalse();
                pause.resume();
                assertThat(read.timeNanos()).isEqualTo(7);
                checkAgainstItsOwn(read);
            }
        }
    }

    /** What did not change while it waited was read exactly, what did lies between. */
    private void checkAgainstItsOwn(HeapLayout read) throws IOException {
        process.getOutputStream().write(1);
        process.getOutputStream().flush();
        String[] own = output.readLine().split(";", -1);
        HeapLayout before = RemoteHeapMain.layout(own[0]);
        HeapLayout after = RemoteHeapMain.layout(own[1]);
        assertThat(output.readLine()).isEqualTo("ready");
        assertThat(after.epoch()).isEqualTo(before.epoch()).isEqualTo(read.epoch());
        assertThat(read.size()).isEqualTo(before.size()).isEqualTo(after.size());
        int same = 0;
        for (int i = 0; i < read.size(); i++) {
            assertThat(read.bottom(i)).isEqualTo(before.bottom(i));
            assertThat(read.end(i)).isEqualTo(before.end(i));
            assertThat(read.top(i)).isBetween(before.top(i), after.top(i));
            assertThat(read.kind(i)).isIn(before.kind(i), after.kind(i));
            same += before.top(i) == after.top(i) && before.kind(i) == after.kind(i) ? 1 : 0;
        }
        assertThat(same).as("spaces compared exactly").isGreaterThanOrEqualTo(read.size() - 3);
        assertThat(read.usedBytes(SpaceKind.OLD)).isPositive();
    }

    @ParameterizedTest(name = "{0} on JDK {1}")
    @MethodSource(ALL)
    void aBusyJvmIsReadWhereverItStandsUnlessInACollection(String collector, int feature) throws Exception {
        start(collector, feature, "busy");
        int read = 0;
        int collecting = 0;
        long lastEpoch = 0;
        try (RemoteHeap heap = RemoteHeap.open(process.pid());
                ProcessPause pause = ProcessPause.of(process.pid(), ProcessPause.Mechanism.SIGNAL)) {
            for (int round = 0; round < 20_000 && (read < 20 || collecting < 5); round++) {
                pause.pause(PAUSE_LIMIT_NANOS);
                assertThat(heap.epoch()).isGreaterThanOrEqualTo(lastEpoch);
                lastEpoch = heap.epoch();
                if (heap.isCollecting()) {
                    collecting++;
                    assertThatThrownBy(() -> heap.readLayout(0))
                            .isInstanceOf(UnreadableVmException.class)
                            .hasMessageEndingWith("no heap layout: a collection is running");
                } else {
                    read += readsTheSameTwice(heap);
                }
                pause.resume();
            }
        }
        assertThat(read).isGreaterThanOrEqualTo(20);
        assertThat(collecting).isGreaterThanOrEqualTo(5);
        assertThat(process.isAlive()).isTrue();
    }

    /** 1, or 0 where the JVM stands between two stores that change a region. */
    private static int readsTheSameTwice(RemoteHeap heap) {
        try {
            HeapLayout first = heap.readLayout(0);
            assertThat(heap.readLayout(0)).isEqualTo(first);
            return 1;
        } catch (UnreadableVmException e) {
            return 0;
        }
    }

    @ParameterizedTest(name = "{0} on JDK {1}")
    @MethodSource(ALL)
    void aRunningJvmIsReadTooAndItsRangesToldApart(String collector, int feature) throws Exception {
        start(collector, feature);
        try (RemoteHeap heap = RemoteHeap.open(process.pid())) {
            HeapLayout layout = heap.readLayout(0);
            VmRanges ranges = heap.ranges();

            assertThat(ranges.heap()).hasSize(1);
            assertThat(layout.bottom(0))
                    .isGreaterThanOrEqualTo(ranges.heap().get(0).start());
            assertThat(layout.end(layout.size() - 1))
                    .isLessThanOrEqualTo(ranges.heap().get(0).end());
            assertThat(ranges.codeCache()).isNotEmpty();
            assertThat(ranges.metaspace()).isNotEmpty();
            assertThat(ranges.stacks()).hasSizeGreaterThan(5);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 25})
    void anotherCollectorIsRefused(int feature) throws Exception {
        process = ForkedJvm.start(directory, feature, "Z", WaitingMain.class);
        assumeTrue(process.inputReader(StandardCharsets.UTF_8).readLine() != null, "no ZGC in this JDK");

        assertThatThrownBy(() -> RemoteHeap.open(process.pid()))
                .hasMessage("process " + process.pid() + ": the collector is neither G1 nor Parallel nor Serial");
    }

    @Test
    void aProcessThatIsNoJvmIsRefused() throws IOException {
        process = new ProcessBuilder("sleep", "60").start();

        assertThatThrownBy(() -> RemoteHeap.open(process.pid()))
                .isInstanceOf(UnreadableVmException.class)
                .hasMessage("process " + process.pid() + ": it is no JVM: no libjvm.so is mapped into it");
    }

    @Test
    void aProcessThatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> RemoteHeap.open(Integer.MAX_VALUE))
                .isInstanceOf(UnreadableVmException.class)
                .hasMessage("process " + Integer.MAX_VALUE + ": there is no such process");
    }

    @Test
    void aJvmThatEndsMeanwhileIsReported() throws Exception {
        start("G1", 17);
        try (RemoteHeap heap = RemoteHeap.open(process.pid())) {
            process.destroyForcibly().waitFor();

            String ended = "process " + process.pid() + ": it has ended";
            assertThatThrownBy(() -> heap.readLayout(0)).hasMessage(ended);
            assertThatThrownBy(heap::isCollecting).hasMessage(ended);
            assertThatThrownBy(heap::epoch).hasMessage(ended);
        }
    }
}
