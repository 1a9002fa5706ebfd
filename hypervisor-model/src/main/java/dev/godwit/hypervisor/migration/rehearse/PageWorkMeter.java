package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.migration.PageWork;
import dev.godwit.hypervisor.sim.Entropy;
import dev.godwit.hypervisor.sim.ProcessorTime;
import dev.godwit.hypervisor.sim.RealClock;
import dev.godwit.hypervisor.stream.ControlRecord;
import dev.godwit.hypervisor.stream.Direction;
import dev.godwit.hypervisor.stream.PageBatch;
import dev.godwit.hypervisor.stream.PageCounts;
import dev.godwit.hypervisor.stream.PageRun;
import dev.godwit.hypervisor.stream.RoundKind;
import dev.godwit.hypervisor.stream.StreamFormat;
import dev.godwit.hypervisor.stream.StreamReader;
import dev.godwit.hypervisor.stream.StreamRecord;
import dev.godwit.hypervisor.stream.StreamSession;
import dev.godwit.hypervisor.stream.StreamWriter;
import dev.godwit.hypervisor.transport.TcpLink;
import dev.godwit.hypervisor.transport.TcpOptions;
import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.ProcessMemory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Measures what a page of a rehearsal asks of the processors of this machine: pages of nobody go to a destination host that has
 * just been started, by the stream that a rehearsal uses, read from this process as a rehearsal reads them from the program. Three
 * times 128 MiB: to a host that is cold; to one that is warm; and the same pages again. About a second.
 *
 * <p>It is processor time that is measured, so that a busy machine changes it little.
 */
public final class PageWorkMeter implements AutoCloseable {
    /** 128 MiB of 4 KiB pages. */
    private static final int PAGES = 1 << 15;

    /** As many as the engine sends at a time. */
    private static final int BATCH_PAGES = 64;

    /** More than a processor keeps near it, where a program's memory is not either. */
    private static final int SOURCE_PAGES = 1 << 14;

    /** The kernel adds up the time of a thread when it is switched out, or at a tick: the receiver is to wait for more by then. */
    private static final long SETTLING_NANOS = 10_000_000;

    private final int pageBytes = PageSize.bytes();
    private final int pages;
    private final long hostPid;
    private final TcpLink link;
    private final StreamWriter writer;
    private final StreamReader reader;
    private final NativeBuffer source = NativeBuffer.privateMemory((long) SOURCE_PAGES * pageBytes);
    private final NativeBuffer batchMemory = NativeBuffer.shared((long) BATCH_PAGES * pageBytes);
    private final PageBatch batch =
            new PageBatch(pageBytes, BATCH_PAGES, batchMemory.slice(0, BATCH_PAGES * pageBytes));
    private final ProcessMemory memory = ProcessMemory.ofSelf();
    private final RealClock clock = new RealClock();
    private int round;

    /** Processor time that one pass took. */
    private record Pass(double sendNanos, double receiveNanos, double restNanos) {}

    private PageWorkMeter(int pages, long hostPid, TcpLink link) {
        this.pages = pages;
        this.hostPid = hostPid;
        this.link = link;
        StreamSession session = new StreamSession();
        writer = StreamWriter.forward(session, link);
        reader = StreamReader.reverse(session, link);
    }

    /**
     * Measures.
     *
     * @param address where a host listens that has just been started and serves nobody else
     * @param options how to connect; without a limit
     * @param hostPid its process, on this machine
     * @throws IOException if it cannot be measured; one line
     */
    public static PageWork measure(InetSocketAddress address, TcpOptions options, long hostPid) throws IOException {
        return measure(address, options, hostPid, PAGES);
    }

    /**
     * The same.
     *
     * @param pages of each of the three passes, a multiple of 64
     */
    static PageWork measure(InetSocketAddress address, TcpOptions options, long hostPid, int pages) throws IOException {
        try (TcpLink link = TcpLink.connect(address, options);
                PageWorkMeter meter = new PageWorkMeter(pages, hostPid, link)) {
            return meter.measure();
        } catch (RuntimeException broken) {
            throw new IOException("the measurement broke off: " + broken.getMessage(), broken);
        }
    }

    private PageWork measure() throws IOException {
        ByteBuffer words = source.slice(0, SOURCE_PAGES * pageBytes);
        for (long word = 1; words.hasRemaining(); word++) {
            words.putLong(word);
        }
        begin();
        Pass cold = pass(0);
        Pass first = pass(pages);
        Pass again = pass(pages);
        writer.write(new ControlRecord.Cancel("measured"));
        writer.writeEnd(Direction.FORWARD);
        link.flush();
        while (reader.next() != null) {
            // Its goodbye.
        }
        return new PageWork(
                (first.sendNanos + again.sendNanos) / 2 / pages,
                pages,
                Math.max(cold.receiveNanos, first.receiveNanos) / pages,
                first.receiveNanos / pages,
                again.receiveNanos / pages,
                cold.restNanos);
    }

    private void begin() throws IOException {
        writer.write(new ControlRecord.Hello(Entropy.bytes(StreamFormat.SESSION_BYTES), 0, new byte[0]));
        writer.write(new ControlRecord.Guest(pageBytes, 0, "measurement", "pre-copy"));
        writer.write(new ControlRecord.Ranges(List.of(new PageRun(1, 2 * pages))));
        link.flush();
        await(ControlRecord.Ready.class);
    }

    private Pass pass(int fromPage) throws IOException {
        long sender = ProcessorTime.ofThisThreadNanos();
        long receiver = ProcessorTime.ofThreadsNanos(hostPid, DestinationHost.THREAD_NAME);
        long host = ProcessorTime.ofProcessNanos(hostPid);
        writer.write(new ControlRecord.RoundBegin(++round, RoundKind.LIVE));
        PageCounts sent = new PageCounts();
        for (int page = 0; page < pages; page += BATCH_PAGES) {
            fill(1L + fromPage + page, page % SOURCE_PAGES);
            sent.add(batch.counts());
            writer.write(batch);
        }
        writer.write(new ControlRecord.RoundEnd(round, sent));
        link.flush();
        sender = ProcessorTime.ofThisThreadNanos() - sender;
        await(ControlRecord.Arrived.class);
        clock.advance(SETTLING_NANOS);
        receiver = ProcessorTime.ofThreadsNanos(hostPid, DestinationHost.THREAD_NAME) - receiver;
        host = ProcessorTime.ofProcessNanos(hostPid) - host;
        if (receiver <= 0) {
            throw new IOException("the kernel does not say what processor time threads have had (schedstat)");
        }
        return new Pass(sender, receiver, Math.max(0, host - receiver));
    }

    /** Reads pages and looks at each, as a rehearsal does. */
    private void fill(long firstPage, int fromSourcePage) throws IOException {
        long bytes = (long) BATCH_PAGES * pageBytes;
        long from = source.address() + (long) fromSourcePage * pageBytes;
        if (memory.read(from, batchMemory.address(), bytes) != bytes) {
            throw new IOException("this process cannot read its own memory");
        }
        for (int i = 0; i < BATCH_PAGES; i++) {
            ByteBuffer room = batch.room();
            if (room.getLong(room.position()) == 0) {
                throw new IOException("memory that was filled holds zeros");
            }
            batch.raw(firstPage + i, 1);
        }
    }

    private <T extends StreamRecord> void await(Class<T> type) throws IOException {
        StreamRecord record = reader.next();
        if (!type.isInstance(record)) {
            throw new IOException("the destination host did not answer as expected");
        }
    }

    @Override
    public void close() {
        memory.close();
        batchMemory.close();
        source.close();
    }
}
