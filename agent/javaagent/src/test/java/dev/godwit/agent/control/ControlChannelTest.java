package dev.godwit.agent.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.agent.channel.AgentConnection;
import dev.godwit.agent.channel.ChannelException;
import dev.godwit.agent.channel.ControlSocket;
import dev.godwit.agent.channel.Message;
import dev.godwit.agent.heap.CollectionRequests;
import dev.godwit.bootstrap.HintBridge;
import dev.godwit.linux.NativeAccess;
import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.ProcessMemory;
import dev.godwit.trace.JvmSignals;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A controller and the agent's end, both in this JVM. */
@Timeout(180)
@ResourceLock("HintBridge")
class ControlChannelTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final BlockingQueue<String> states = new LinkedBlockingQueue<>();
    private final ControlChannel channel = new ControlChannel(
            null,
            ControlChannelTest::loadNative,
            new CollectionRequests(),
            () -> false,
            (event, reason) -> {},
            states::add);

    private static boolean loadNative() {
        NativeAccess.initialise();
        return true;
    }

    private AgentConnection connect() throws IOException {
        try (ControlSocket socket = ControlSocket.create(ProcessHandle.current().pid())) {
            channel.connect(socket.path());
            return socket.accept(LIMIT);
        }
    }

    private void awaitState(String wanted) throws InterruptedException {
        String state = "";
        while (state != null && !state.startsWith(wanted)) {
            state = states.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(state).as("state %s", wanted).isNotNull();
    }

    @Test
    void itSaysWhatItIsInAndDoesWhatItIsAsked() throws Exception {
        try (AgentConnection agent = connect()) {
            Message.Hello hello = agent.hello();
            assertThat(hello.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(hello.maxHeapBytes()).isEqualTo(Runtime.getRuntime().maxMemory());
            assertThat(hello.limitation()).isEmpty();

            Message.Prepared prepared = agent.prepare(LIMIT);
            assertThat(prepared.epoch()).isGreaterThan(hello.epoch());
            assertThat(prepared.durationNanos()).isPositive();
            assertThat(prepared.method()).isEqualTo("filling Eden");
            assertThat(agent.layout(LIMIT).spaces()).isNotEmpty();
            agent.paused();
            agent.resumed();
            agent.done();
            awaitState("done");
            agent.aborted("cancelled");
            awaitState("aborted: cancelled");
        }
        awaitState("closed");
    }

    @Test
    void itTellsWhetherItIsAGoodMoment() throws Exception {
        int slot = HintBridge.open("told live");
        HintBridge.busy("told live", Duration.ofHours(2).toNanos());
        try (AgentConnection agent = connect()) {
            JvmSignals first = agent.signals(LIMIT);
            assertThat(first.criticalNames()).contains("told live");
            // From the last reading of the bridge, which another test may have made long ago.
            assertThat(first.oldestCriticalNanos()).isNotNegative();
            assertThat(first.busyRemainingNanos())
                    .isBetween(
                            Duration.ofHours(1).toNanos(), Duration.ofHours(2).toNanos());
            assertThat(first.edenCapacityBytes()).isGreaterThanOrEqualTo(first.edenUsedBytes());
            assertThat(first.codeCacheUsedBytes()).isPositive();
            assertThat(first.compilationNanos()).isPositive();

            agent.prepare(LIMIT);
            HintBridge.close(slot);
            HintBridge.busy("told live", 0);
            JvmSignals second = agent.signals(LIMIT);
            assertThat(second.criticalNames()).doesNotContain("told live");
            assertThat(second.busyRemainingNanos()).isZero();
            assertThat(second.collections()).isGreaterThan(first.collections());
            assertThat(second.sinceCollectionNanos())
                    .as("it was since the first question; the JVM's clocks agree to less than a second")
                    .isLessThan(second.timeNanos() - first.timeNanos() + 1_000_000_000);
            assertThat(second.allocationBytesPerSecond(first)).isPositive();
        } finally {
            HintBridge.close(slot);
        }
    }

    @Test
    void whatIsOpenCanBeReadFromMemoryAsWhileTheJvmStands() throws Exception {
        int slot = HintBridge.open("read from outside");
        HintBridge.open("read from outside");
        try (AgentConnection agent = connect();
                ProcessMemory memory = ProcessMemory.ofSelf();
                NativeBuffer copy = NativeBuffer.shared(Long.BYTES)) {
            Message.Sections where = agent.sections(LIMIT);
            assertThat(where.count()).isGreaterThan(slot);
            long address = where.address() + (long) slot * where.strideBytes();

            assertThat(memory.read(address, copy.address(), Long.BYTES)).isEqualTo(Long.BYTES);
            assertThat(copy.slice(0, Long.BYTES).getLong(0) & 0xff_ffff).isEqualTo(2);
            HintBridge.close(slot);
            memory.read(address, copy.address(), Long.BYTES);
            assertThat(copy.slice(0, Long.BYTES).getLong(0) & 0xff_ffff).isEqualTo(1);
        } finally {
            HintBridge.close(slot);
        }
    }

    @Test
    void onceConnectedNothingIsLeftOnDisk() throws Exception {
        try (ControlSocket socket = ControlSocket.create(ProcessHandle.current().pid())) {
            Path made = socket.path().getParent();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                    .isEqualTo("rwx------");
            channel.connect(socket.path());
            try (AgentConnection agent = socket.accept(LIMIT)) {
                assertThat(agent.hello()).isNotNull();
                assertThat(made).doesNotExist();
            }
        }
    }

    @Test
    void stallsAreRecordedBetweenBeginAndEndOnly() throws Exception {
        try (AgentConnection agent = connect()) {
            assertThatThrownBy(() -> agent.readStalls(LIMIT)).hasMessageContaining("no stalls are recorded");
            agent.beginStalls(LIMIT);
            Message.Stalls first = felt(() -> agent.readStalls(LIMIT));
            // What ends has a beginning of its own: nothing of the first is in it.
            Thread.sleep(200);
            Message.Stalls last = agent.endStalls(LIMIT);

            for (Message.Stalls stalls : List.of(first, last)) {
                assertThat(stalls.count()).isPositive();
                assertThat(stalls.intervalNanos()).isGreaterThan(40_000_000);
                Histogram histogram = histogram(stalls);
                assertThat(histogram.getTotalCount()).isEqualTo(stalls.count());
                assertThat(histogram.getValueAtPercentile(99)).isEqualTo(stalls.p99Nanos());
                assertThat(stalls.longestNanos()).isLessThanOrEqualTo(histogram.getMaxValue());
                assertThat(stalls.p50Nanos()).isLessThanOrEqualTo(stalls.p999Nanos());
            }
            assertThatThrownBy(() -> agent.readStalls(LIMIT)).hasMessageContaining("no stalls are recorded");
        }
    }

    private interface Reading {
        Message.Stalls read() throws ChannelException;
    }

    /** A reading with something in it: on a busy machine the recorder may not wake up for a while. */
    private static Message.Stalls felt(Reading reading) throws Exception {
        Message.Stalls stalls;
        do {
            Thread.sleep(50);
            stalls = reading.read();
        } while (stalls.count() == 0);
        return stalls;
    }

    private static Histogram histogram(Message.Stalls stalls) throws Exception {
        byte[] bytes = Base64.getDecoder().decode(stalls.histogram());
        return Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), 0);
    }

    @Test
    void theSecondControllerIsRefusedInOneLineAndTheFirstGoesOn() throws Exception {
        try (AgentConnection first = connect()) {
            assertThatThrownBy(this::connect)
                    .isInstanceOf(ChannelException.class)
                    .hasMessage("the agent refuses: another controller is connected to this JVM");
            assertThat(first.prepare(LIMIT).epoch()).isPositive();
        }
    }

    @Test
    void aControllerThatGoesAtAnyMomentLeavesTheAgentReadyForTheNext() throws Exception {
        List<Step> steps = List.of(
                agent -> {},
                AgentConnection::paused,
                agent -> agent.beginStalls(LIMIT),
                agent -> agent.prepare(LIMIT),
                agent -> giveUp(() -> agent.prepare(Duration.ofNanos(1))),
                agent -> giveUp(() -> agent.layout(Duration.ofNanos(1))),
                AgentConnection::done,
                agent -> agent.aborted("no reason"));
        for (Step step : steps) {
            try (AgentConnection agent = connect()) {
                step.take(agent);
            }
            awaitState("closed");
        }
        try (AgentConnection agent = connect()) {
            assertThat(agent.prepare(LIMIT).epoch()).isPositive();
            assertThatThrownBy(() -> agent.readStalls(LIMIT)).hasMessageContaining("no stalls are recorded");
        }
    }

    @Test
    void anAnswerThatComesTooLateIsNotTakenForTheNext() throws Exception {
        try (AgentConnection agent = connect()) {
            giveUp(() -> agent.prepare(Duration.ofNanos(1)));

            assertThat(agent.layout(LIMIT).spaces()).isNotEmpty();
        }
    }

    @Test
    void aSocketThatOthersCouldHaveMadeIsNotTrusted() throws Exception {
        Path open = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        channel.connect(open.resolve("socket"));
        awaitState("failed: control=" + open + "/socket: its directory must belong to this JVM's user");

        channel.connect(directory.resolve("nowhere").resolve("socket"));
        awaitState("failed: control=" + directory + "/nowhere/socket: there is no such directory");

        channel.connect(directory.resolve("socket"));
        awaitState("failed: control=" + directory + "/socket: ");
    }

    @Test
    void anAgentThatDoesNotComeIsNotWaitedForLongerThanTheLimit() throws Exception {
        try (ControlSocket socket = ControlSocket.create(ProcessHandle.current().pid())) {
            assertThatThrownBy(() -> socket.accept(Duration.ofMillis(50)))
                    .isInstanceOf(ChannelException.class)
                    .hasMessageContaining("did not connect to " + socket.path() + " within 50 ms");
        }
    }

    /** What a controller does before it goes. */
    private interface Step {
        void take(AgentConnection agent) throws IOException;
    }

    private interface Request {
        void make() throws ChannelException;
    }

    /** Hardly waits for the answer; one that is quicker still does no harm. */
    private static void giveUp(Request request) {
        try {
            request.make();
        } catch (ChannelException e) {
            assertThat(e).hasMessage("the agent did not answer in time");
        }
    }
}
