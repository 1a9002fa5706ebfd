package dev.godwit.hypervisor.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real sockets on loopback, well-behaved peers and others. */
@Timeout(60)
class TcpLinkTest {
    private static final TcpOptions PLAIN = TcpOptions.defaults();
    private static final TcpOptions HASTY = PLAIN.withGreetingNanos(200_000_000);

    /** Time enough for the greeting, for which on a busy machine the other thread may take a while. */
    private static final TcpOptions IMPATIENT = PLAIN.withIdleNanos(600_000_000);

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void whatIsWrittenArrivesInBothDirectionsWhateverTheLinkIsLike() throws Exception {
        for (TcpOptions options : new TcpOptions[] {
            PLAIN,
            PLAIN.withSecret("known to both"),
            PLAIN.withBandwidthBytesPerSecond(200_000_000),
            PLAIN.withLatencyNanos(3_000_000),
            PLAIN.withLatencyNanos(1_000_000).withBandwidthBytesPerSecond(100_000_000)
        }) {
            try (Pair pair = new Pair(options, options)) {
                CompletableFuture<byte[]> there = pair.destination.thenApplyAsync(this::receive, threads);
                CompletableFuture<byte[]> back = CompletableFuture.supplyAsync(() -> receive(pair.source), threads);
                CompletableFuture<Void> sent = pair.destination.thenAcceptAsync(link -> send(link, 2), threads);
                send(pair.source, 1);
                sent.get();
                assertThat(there.get()).as(options.toString()).isEqualTo(bytes(1));
                assertThat(back.get()).as(options.toString()).isEqualTo(bytes(2));
                assertThat(pair.source.sentBytes()).isEqualTo(bytes(1).length);
                assertThat(pair.source.receivedBytes()).isEqualTo(bytes(2).length);
            }
        }
    }

    @Test
    void aHostThatDoesNotKnowTheSecretIsRefusedOnBothSides() throws Exception {
        for (TcpOptions stranger : new TcpOptions[] {PLAIN.withSecret("another"), PLAIN}) {
            try (TcpListener listener = listen(PLAIN.withSecret("known to few"))) {
                CompletableFuture<Throwable> there = refusal(listener);
                assertThatThrownBy(() -> TcpLink.connect(listener.address(), stranger))
                        .isInstanceOf(LinkException.class);
                assertThat(there.get()).isInstanceOf(LinkException.class);
                assertThat(there.get().getMessage())
                        .startsWith("peer /127.0.0.1:")
                        .doesNotContain("\n");
            }
        }
    }

    @Test
    void aHostThatAnswersWithoutKnowingTheSecretIsNotToldAnything() throws Exception {
        try (TcpListener impostor = listen(PLAIN.withSecret("a guess"))) {
            CompletableFuture<Throwable> there = refusal(impostor);
            assertThatThrownBy(() -> TcpLink.connect(impostor.address(), PLAIN.withSecret("known to few")))
                    .hasMessageContaining("it does not know the secret");
            assertThat(there.get()).hasMessageContaining("closed the connection before it had introduced itself");
        }
    }

    @Test
    void aPeerThatSendsRubbishIsDropped() throws Exception {
        for (long seed = 0; seed < 30; seed++) {
            byte[] rubbish = new byte[200];
            new SplittableRandom(seed).nextBytes(rubbish);
            byte[] text = "GET / HTTP/1.1\r\nHost: somewhere\r\nAccept: everything\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);
            assertThat(droppedAfter(PLAIN, seed == 0 ? text : rubbish))
                    .isInstanceOf(LinkException.class)
                    .hasMessageEndingWith("refused: it does not speak as a godwit");
        }
    }

    @Test
    void aPeerThatNeverSpeaksIsDropped() throws Exception {
        assertThat(droppedAfter(HASTY, new byte[0]))
                .isInstanceOf(LinkException.class)
                .hasMessageEndingWith("dropped: it sent nothing in the time it had");
    }

    @Test
    void aPeerThatStopsInTheMiddleOfItsGreetingIsDropped() throws Exception {
        assertThat(droppedAfter(HASTY, "GDWTLINK".getBytes(StandardCharsets.US_ASCII)))
                .hasMessageEndingWith("dropped: it sent nothing in the time it had");
    }

    @Test
    void aPeerThatSpeaksOneByteAtATimeGetsNoMoreTimeThanOthers() throws Exception {
        try (TcpListener listener = listen(HASTY.withIdleNanos(60_000_000_000L))) {
            CompletableFuture<Throwable> there = refusal(listener);
            try (Socket slow = new Socket(
                    InetAddress.getLoopbackAddress(), listener.address().getPort())) {
                for (byte each : "GDWTLINK".getBytes(StandardCharsets.US_ASCII)) {
                    if (there.isDone()) {
                        break;
                    }
                    slow.getOutputStream().write(each);
                    Thread.sleep(50);
                }
                assertThat(there.get()).hasMessageContaining("dropped");
            }
        }
    }

    @Test
    void aListenerThatNeverAnswersIsGivenUp() throws Exception {
        try (TcpListener mute = listen(PLAIN)) {
            assertThatThrownBy(() -> TcpLink.connect(mute.address(), HASTY))
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("in the time it had");
        }
    }

    @Test
    void nobodyThereIsSaidInOneLine() throws Exception {
        InetSocketAddress address;
        try (TcpListener listener = listen(PLAIN)) {
            address = listener.address();
        }
        assertThatThrownBy(() -> TcpLink.connect(address, PLAIN))
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("cannot connect to /127.0.0.1:")
                .hasMessageContaining("refused");
    }

    @Test
    void aPeerThatFallsSilentLaterIsDroppedUnlessItMayBeSilent() throws Exception {
        try (Pair pair = new Pair(IMPATIENT, IMPATIENT)) {
            TcpLink destination = pair.destination.get();
            assertThatThrownBy(() -> destination.read(ByteBuffer.allocate(1)))
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("it sent nothing for ");
        }
        try (Pair pair = new Pair(IMPATIENT, IMPATIENT)) {
            TcpLink destination = pair.destination.get();
            destination.setReadTimeoutNanos(0);
            CompletableFuture<Integer> read = CompletableFuture.supplyAsync(() -> readOne(destination), threads);
            Thread.sleep(800);
            assertThat(read).isNotDone();
            pair.source.write(ByteBuffer.wrap(new byte[] {5}));
            assertThat(read.get()).isEqualTo(5);
        }
    }

    @Test
    void aPeerThatTakesNothingIsDropped() throws Exception {
        for (TcpOptions options : new TcpOptions[] {IMPATIENT, IMPATIENT.withLatencyNanos(1000)}) {
            try (Pair pair = new Pair(options, PLAIN)) {
                pair.destination.get();
                Throwable dropped = catchThrowable(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        pair.source.write(ByteBuffer.allocate(1 << 16));
                    }
                });
                assertThat(dropped).isInstanceOf(LinkException.class).hasMessageContaining("it took nothing for ");
            }
        }
    }

    @Test
    void aPeerThatGoesAwayEndsTheRead() throws Exception {
        try (Pair pair = new Pair(PLAIN, PLAIN)) {
            TcpLink destination = pair.destination.get();
            pair.source.close();
            assertThat(destination.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @Test
    void closingEndsWhatAnotherThreadWaitsFor() throws Exception {
        try (Pair pair = new Pair(PLAIN, PLAIN)) {
            CompletableFuture<Integer> read = CompletableFuture.supplyAsync(() -> readOne(pair.source), threads);
            Thread.sleep(100);
            pair.source.close();
            assertThatThrownBy(read::get).isInstanceOf(ExecutionException.class);
        }
    }

    @Test
    void memoryDoesNotLeaveThisMachineForEveryoneToRead() {
        InetSocketAddress elsewhere = new InetSocketAddress("192.0.2.1", 9);
        assertThatThrownBy(() -> TcpLink.connect(elsewhere, PLAIN))
                .hasMessageContaining("will not connect to /192.0.2.1:9 without TLS");
        assertThatThrownBy(() -> TcpListener.open(new InetSocketAddress("0.0.0.0", 0), PLAIN))
                .hasMessageContaining("will not listen at");
    }

    private CompletableFuture<Throwable> refusal(TcpListener listener) {
        return CompletableFuture.supplyAsync(
                () -> catchThrowable(() -> {
                    try (TcpLink link = listener.accept()) {
                        link.greet();
                    }
                }),
                threads);
    }

    private Throwable droppedAfter(TcpOptions options, byte[] sent) throws Exception {
        try (TcpListener listener = listen(options)) {
            CompletableFuture<Throwable> there = refusal(listener);
            try (Socket peer = new Socket(
                    InetAddress.getLoopbackAddress(), listener.address().getPort())) {
                peer.getOutputStream().write(sent);
                return there.get();
            }
        }
    }

    static TcpListener listen(TcpOptions options) throws IOException {
        return TcpListener.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), options);
    }

    /** Both ends. */
    private final class Pair implements AutoCloseable {
        final TcpListener listener;
        final TcpLink source;
        final CompletableFuture<TcpLink> destination;

        Pair(TcpOptions ofSource, TcpOptions ofDestination) throws Exception {
            listener = listen(ofDestination);
            destination = CompletableFuture.supplyAsync(() -> greeted(listener), threads);
            source = TcpLink.connect(listener.address(), ofSource);
        }

        @Override
        public void close() throws IOException {
            source.close();
            listener.close();
            destination.join().close();
        }
    }

    private static TcpLink greeted(TcpListener listener) {
        try {
            TcpLink link = listener.accept();
            link.greet();
            return link;
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    private static byte[] bytes(long seed) {
        byte[] bytes = new byte[3_000_000];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    private void send(TcpLink link, long seed) {
        try {
            byte[] bytes = bytes(seed);
            SplittableRandom random = new SplittableRandom(seed);
            int at = 0;
            while (at < bytes.length) {
                int first = Math.min(bytes.length - at, random.nextInt(200_000));
                int second = Math.min(bytes.length - at - first, random.nextInt(5000));
                link.write(
                        new ByteBuffer[] {ByteBuffer.wrap(bytes, at, first), ByteBuffer.wrap(bytes, at + first, second)
                        });
                at += first + second;
            }
            link.flush();
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    private byte[] receive(TcpLink link) {
        ByteBuffer all = ByteBuffer.allocate(3_000_000);
        try {
            while (all.hasRemaining()) {
                assertThat(link.read(all)).isPositive();
            }
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
        return all.array();
    }

    private static int readOne(TcpLink link) {
        ByteBuffer one = ByteBuffer.allocate(1);
        try {
            assertThat(link.read(one)).isEqualTo(1);
            return one.get(0);
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }
}
