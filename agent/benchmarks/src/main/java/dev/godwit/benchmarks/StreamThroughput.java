package dev.godwit.benchmarks;

import dev.godwit.hypervisor.stream.ControlRecord;
import dev.godwit.hypervisor.stream.Direction;
import dev.godwit.hypervisor.stream.PageBatch;
import dev.godwit.hypervisor.stream.PageCounts;
import dev.godwit.hypervisor.stream.PageRun;
import dev.godwit.hypervisor.stream.PagesRecord;
import dev.godwit.hypervisor.stream.RoundKind;
import dev.godwit.hypervisor.stream.StreamFormat;
import dev.godwit.hypervisor.stream.StreamReader;
import dev.godwit.hypervisor.stream.StreamRecord;
import dev.godwit.hypervisor.stream.StreamSession;
import dev.godwit.hypervisor.stream.StreamWriter;
import dev.godwit.hypervisor.stream.WireEncoding;
import dev.godwit.hypervisor.transport.TcpLink;
import dev.godwit.hypervisor.transport.TcpListener;
import dev.godwit.hypervisor.transport.TcpOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How fast raw pages go through the migration stream: from memory through writer, loopback socket and reader, into memory.
 * Both ends are threads of this process, so that on two processors each end has one. Prints for comparison what copying
 * the same memory takes, from the same run.
 */
public final class StreamThroughput {
    private static final int PAGE = 4096;
    private static final int PAGES = 1 << 16;
    private static final int BATCH_PAGES = 256;

    private StreamThroughput() {}

    /** Takes the number of times that 256 MiB are sent: 40 unless given. */
    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 40;
        ByteBuffer memory = ByteBuffer.allocateDirect(PAGES * PAGE);
        SplittableRandom random = new SplittableRandom(1);
        while (memory.hasRemaining()) {
            memory.putLong(random.nextLong());
        }
        for (int repetition = 1; repetition <= 3; repetition++) {
            System.out.printf(
                    "copy %.2f GB/s, stream over loopback %.2f GB/s%n",
                    copy(memory, rounds) / 1e9, stream(memory, rounds) / 1e9);
        }
    }

    private static double copy(ByteBuffer memory, int rounds) {
        ByteBuffer target = ByteBuffer.allocateDirect(memory.capacity());
        long from = System.nanoTime();
        for (int i = 0; i < rounds; i++) {
            target.clear().put(memory.clear());
        }
        return (double) rounds * memory.capacity() * 1e9 / (System.nanoTime() - from);
    }

    private static double stream(ByteBuffer memory, int rounds) throws Exception {
        TcpOptions options = TcpOptions.defaults();
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (TcpListener listener = TcpListener.open(any, options)) {
            AtomicReference<IOException> failure = new AtomicReference<>();
            Thread destination = new Thread(() -> {
                try {
                    receive(listener, memory.capacity());
                } catch (IOException failed) {
                    failure.set(failed);
                }
            });
            destination.start();
            long nanos;
            try (TcpLink link = TcpLink.connect(listener.address(), options)) {
                nanos = send(link, memory, rounds);
                destination.join();
            }
            if (failure.get() != null) {
                throw failure.get();
            }
            return (double) rounds * memory.capacity() * 1e9 / nanos;
        }
    }

    private static long send(TcpLink link, ByteBuffer memory, int rounds) throws IOException {
        StreamSession session = new StreamSession();
        StreamWriter writer = StreamWriter.forward(session, link);
        StreamReader reader = StreamReader.reverse(session, link);
        writer.write(new ControlRecord.Hello(new byte[StreamFormat.SESSION_BYTES], 0, new byte[0]));
        writer.write(new ControlRecord.Guest(PAGE, 0, "benchmark", "pre-copy"));
        writer.write(new ControlRecord.Ranges(List.of(new PageRun(0, PAGES))));
        reader.next();
        PageBatch batch = new PageBatch(PAGE, BATCH_PAGES, BATCH_PAGES * PAGE);
        long from = System.nanoTime();
        for (int round = 1; round <= rounds; round++) {
            writer.write(new ControlRecord.RoundBegin(round, RoundKind.LIVE));
            for (int page = 0; page < PAGES; page += BATCH_PAGES) {
                memory.limit((page + BATCH_PAGES) * PAGE).position(page * PAGE);
                batch.room().put(memory);
                batch.raw(page, BATCH_PAGES);
                writer.write(batch);
            }
            memory.clear();
            writer.write(new ControlRecord.RoundEnd(round, ofOneRound(writer, round)));
            reader.next();
        }
        long nanos = System.nanoTime() - from;
        writer.write(new ControlRecord.Cancel("measured"));
        writer.writeEnd(Direction.FORWARD);
        return nanos;
    }

    private static PageCounts ofOneRound(StreamWriter writer, int round) {
        PageCounts all = writer.carried(Direction.FORWARD);
        PageCounts one = new PageCounts();
        one.add(WireEncoding.RAW, all.pages() / round, all.dataBytes() / round);
        return one;
    }

    private static void receive(TcpListener listener, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocateDirect(bytes);
        try (TcpLink link = listener.accept()) {
            link.greet();
            StreamSession session = new StreamSession();
            StreamReader reader = StreamReader.forward(session, link);
            StreamWriter writer = StreamWriter.reverse(session, link);
            for (StreamRecord record = reader.next(); record != null; record = reader.next()) {
                if (record instanceof PagesRecord pages) {
                    while (pages.next()) {
                        target.position((int) pages.firstPage() * PAGE);
                        target.put(pages.data());
                    }
                } else if (record instanceof ControlRecord.Ranges) {
                    writer.write(new ControlRecord.Ready(new byte[StreamFormat.SESSION_BYTES], 0, new byte[0]));
                } else if (record instanceof ControlRecord.RoundEnd end) {
                    writer.write(new ControlRecord.Arrived(end.round()));
                }
            }
        }
    }
}
