package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.guest.live.RunningJvmAgent;
import dev.godwit.hypervisor.sim.Entropy;
import dev.godwit.hypervisor.sim.WallClock;
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
import dev.godwit.trace.DeclaredMemory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * The source's end of the migration stream. What fails becomes a {@link LinkLostException} of one line. Pages are numbered
 * by their address in the process.
 *
 * <p>One thread uses it; {@link #cut} may come from any, and ends what that one waits for.
 */
final class SourceStream implements AutoCloseable {
    /** Pages of one record at most. */
    static final int BATCH_PAGES = 256;

    private static final int MAX_RUNS = 60_000;
    private static final long GOODBYE_NANOS = 1_000_000_000;

    private final InetSocketAddress address;
    private final TcpOptions options;
    private final ProcessPages pages;
    private final NativeBuffer batchMemory;
    private final PageBatch batch;
    private final byte[] session = Entropy.bytes(StreamFormat.SESSION_BYTES);
    private final PagesInFiles inFiles = new PagesInFiles();
    private TcpLink link;
    private StreamWriter writer;
    private StreamReader reader;
    private PageCounts ofRound = new PageCounts();
    private int round;
    private boolean inRound;
    private boolean paused;
    private boolean ahead;
    private volatile long progressNanos = WallClock.nanos();
    private volatile String cutBecause;

    SourceStream(InetSocketAddress address, TcpOptions options, ProcessPages pages, int pageBytes) {
        this.address = address;
        this.options = options;
        this.pages = pages;
        this.batchMemory = NativeBuffer.shared((long) BATCH_PAGES * pageBytes);
        this.batch = new PageBatch(pageBytes, BATCH_PAGES, batchMemory.slice(0, BATCH_PAGES * pageBytes));
    }

    private interface Step<T> {
        T run() throws IOException;
    }

    private <T> T attempt(Step<T> step) {
        try {
            T result = step.run();
            progressNanos = WallClock.nanos();
            return result;
        } catch (IOException failed) {
            throw new LinkLostException(reason(failed), failed);
        } catch (RuntimeException failed) {
            // A channel that is closed under a waiting thread throws what it likes.
            throw cutBecause == null ? failed : new LinkLostException(cutBecause, failed);
        }
    }

    private String reason(IOException failed) {
        if (cutBecause != null) {
            return cutBecause;
        }
        return failed.getMessage() == null ? "the connection is closed (" + failed + ")" : failed.getMessage();
    }

    /** Connects, and agrees on who the two are. */
    void connect() {
        attempt(() -> {
            link = TcpLink.connect(address, options);
            StreamSession shared = new StreamSession();
            writer = StreamWriter.forward(shared, link);
            reader = StreamReader.reverse(shared, link);
            return null;
        });
    }

    /** Pages of which the destination said that it found them in files. */
    PagesInFiles inFiles() {
        return inFiles;
    }

    /**
     * Says what is migrated, and waits until the destination has room for it and has read what it can from files.
     *
     * @param comesBack true if what the guest writes at the destination comes back
     * @param jvm tells what its application says of its buffers
     */
    void introduce(String name, String technique, int pageBytes, boolean comesBack, Optional<RunningJvmAgent> jvm) {
        List<DeclaredMemory> declared = jvm.map(RunningJvmAgent::declared).orElse(List.of());
        List<ControlRecord.Stored> asked = PagesInFiles.ask(declared, pages);
        int features =
                (comesBack ? StreamFormat.FEATURE_SEND_BACK : 0) | (asked.isEmpty() ? 0 : StreamFormat.FEATURE_FILES);
        attempt(() -> {
            writer.write(new ControlRecord.Hello(session, features, new byte[0]));
            writer.write(
                    new ControlRecord.Guest(pageBytes, comesBack ? StreamFormat.GUEST_SENDS_BACK : 0, name, technique));
            writeRanges(true);
            link.flush();
            boolean reads = (await(ControlRecord.Ready.class).features() & StreamFormat.FEATURE_FILES) != 0;
            for (ControlRecord.Stored stored : reads ? asked : List.<ControlRecord.Stored>of()) {
                writer.write(stored);
                link.flush();
                inFiles.found(await(ControlRecord.StoredHashes.class));
            }
            return null;
        });
    }

    private void writeRanges(boolean first) throws IOException {
        if (ahead) {
            // What the program has got since the switch was never here.
            return;
        }
        List<PageRun> runs = pages.takeNew().stream()
                .map(run -> new PageRun(run.firstPage(), run.pages()))
                .toList();
        if (runs.size() > MAX_RUNS) {
            throw new IOException("the memory of the process is in " + runs.size() + " pieces, more than " + MAX_RUNS);
        }
        if (first || !runs.isEmpty()) {
            writer.write(new ControlRecord.Ranges(runs));
        }
    }

    /** Pages that go next. */
    PageBatch batch() {
        return batch;
    }

    /** Where the data of the batch is. */
    NativeBuffer batchMemory() {
        return batchMemory;
    }

    /** Sends what the batch has. */
    void sendPages() {
        if (batch.isEmpty()) {
            return;
        }
        attempt(() -> {
            writeRanges(false);
            beginRound();
            ofRound.add(batch.counts());
            writer.write(batch);
            return null;
        });
    }

    private void beginRound() throws IOException {
        if (!inRound) {
            writer.write(new ControlRecord.RoundBegin(++round, kindOfRound()));
            inRound = true;
            ofRound = new PageCounts();
        }
    }

    private RoundKind kindOfRound() {
        if (ahead) {
            return RoundKind.DEMAND;
        }
        return paused ? RoundKind.PAUSED : RoundKind.LIVE;
    }

    /** A round is over; if none was begun, nothing happens. */
    void endRound() {
        attempt(() -> {
            if (inRound) {
                inRound = false;
                writer.write(new ControlRecord.RoundEnd(round, ofRound));
            }
            return null;
        });
    }

    /** The process stands still. */
    void paused() {
        endRound();
        paused = true;
        attempt(() -> {
            writer.write(new ControlRecord.Paused());
            return null;
        });
    }

    /** What a VM is beside its memory: so many bytes that nobody reads, as a process has no such state of its own. */
    void state(int bytes) {
        endRound();
        attempt(() -> {
            for (int left = bytes, id = 0; left > 0; id++) {
                int size = Math.min(left, StreamFormat.MAX_PAYLOAD_BYTES / 2);
                writer.write(new ControlRecord.State(ControlRecord.State.DEVICE, id, new byte[size]));
                left -= size;
            }
            return null;
        });
    }

    /** Waits until the last round is in place. */
    void awaitArrival() {
        attempt(() -> {
            link.flush();
            while (round > 0 && await(ControlRecord.Arrived.class).round() < round) {
                progressNanos = WallClock.nanos();
            }
            return null;
        });
    }

    /** Gives the guest over. Returns when it would run at the destination. */
    void switchOver() {
        switchOver(List.of());
    }

    /**
     * Gives the guest over ahead of some of its memory. Returns when it would run at the destination.
     *
     * @param missing pages that follow, ascending
     */
    void switchOver(List<PageRun> missing) {
        endRound();
        attempt(() -> {
            writeRanges(false);
            long pagesMissing = 0;
            for (int from = 0; from < missing.size(); from += MAX_RUNS) {
                List<PageRun> some = missing.subList(from, Math.min(missing.size(), from + MAX_RUNS));
                writer.write(new ControlRecord.Missing(some));
                pagesMissing += some.stream().mapToLong(PageRun::pages).sum();
            }
            writer.write(new ControlRecord.SwitchOver(pagesMissing));
            link.flush();
            ahead = true;
            return await(ControlRecord.Resumed.class);
        });
    }

    /** Hashes of pages one behind the other. */
    void hashes(long firstPage, long[] hashes) {
        attempt(() -> {
            writer.write(new ControlRecord.Hashes(firstPage, hashes));
            return null;
        });
    }

    /** Says that it is over, and what the comparison of the hashes gave. */
    ControlRecord.Verified complete() {
        return complete(ControlRecord.Completed.AT_DESTINATION);
    }

    private ControlRecord.Verified complete(int outcome) {
        return attempt(() -> {
            PageCounts carried = writer.carried(Direction.FORWARD);
            writer.write(new ControlRecord.Completed(outcome, carried.pages(), carried.dataBytes()));
            writer.writeEnd(Direction.FORWARD);
            link.flush();
            ControlRecord.Verified verified = await(ControlRecord.Verified.class);
            await(ControlRecord.Acknowledged.class);
            return verified;
        });
    }

    /** Says, behind the switch, that the guest comes back. */
    void callBack(String reason) {
        attempt(() -> {
            writer.write(new ControlRecord.Cancel(reason));
            return null;
        });
    }

    /** Says that it is over, and that the guest runs at the source. */
    void completeAtSource() {
        ControlRecord.Verified unused = complete(ControlRecord.Completed.AT_SOURCE);
    }

    /** Says, if it still can, that nothing comes of it. */
    void cancel(String reason) {
        if (link == null || cutBecause != null) {
            return;
        }
        try {
            String text = reason.length() > 200 ? reason.substring(0, 200) : reason;
            writer.write(new ControlRecord.Cancel(text.replaceAll("\\p{Cntrl}", " ")));
            writer.writeEnd(Direction.FORWARD);
            link.flush();
            // What is closed with something unread in it is lost at the other end too.
            link.setReadTimeoutNanos(GOODBYE_NANOS);
            while (reader.next() != null) {
                // Only its end says something.
            }
        } catch (IOException | IllegalStateException tooLate) {
            // The destination will see the end of the connection.
        }
    }

    private <T extends ControlRecord> T await(Class<T> type) throws IOException {
        while (true) {
            StreamRecord record = reader.next();
            if (type.isInstance(record)) {
                return type.cast(record);
            }
            if (record == null) {
                throw new IOException("the destination ended the migration early");
            }
            if (record instanceof ControlRecord.Failure failure) {
                throw new IOException("the destination refused: " + failure.text());
            }
            if (record instanceof ControlRecord.Cancel cancel) {
                throw new IOException("the destination gave up: " + cancel.reason());
            }
        }
    }

    /** Pages and bytes that went over. */
    PageCounts carried() {
        return writer == null ? new PageCounts() : writer.carried(Direction.FORWARD);
    }

    /** Bytes on the wire, records and all. */
    long sentBytes() {
        return link == null ? 0 : link.sentBytes();
    }

    /** Of this migration; whoever is told it belongs to it. */
    byte[] session() {
        return session;
    }

    /** Something goes on that is not seen on the wire. */
    void alive() {
        progressNanos = WallClock.nanos();
    }

    /** When something last went on. */
    long progressNanos() {
        return progressNanos;
    }

    /** Ends the connection at once. */
    void cut(String why) {
        cutBecause = why;
        disconnect();
    }

    /** To be called by the one thread that uses it, as the last thing. */
    @Override
    public void close() {
        disconnect();
        batchMemory.close();
    }

    private void disconnect() {
        TcpLink open = link;
        if (open != null) {
            try {
                open.close();
            } catch (IOException closedAnyway) {
                // Nobody waits for it.
            }
        }
    }
}
