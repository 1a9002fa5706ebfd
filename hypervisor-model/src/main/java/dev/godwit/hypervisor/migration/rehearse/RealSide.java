package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.demand.DemandSide;
import dev.godwit.hypervisor.sim.WallClock;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.guardian.Guardian;
import dev.godwit.linux.guardian.SafetyCopy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * A program whose pages are really gone: its guardian says which it waits for, and what comes back from the destination is
 * brought to it by the guardian.
 *
 * <p>A fault is heard of here at once, where the one of a VM would first go to the source: that way takes the link's latency,
 * which is waited for, and the way of the page from the destination back to the program stands for the rest.
 *
 * <p>If the destination falls silent or breaks off, everything comes from the safety copy at once, and the engine is told.
 * The engine's thread uses it as a {@link DemandSide}; the guardian's and the connection's threads tell it what happens.
 */
final class RealSide implements DemandSide, Guardian.Listener, ReturnedPages.Taker, AutoCloseable {
    private static final long LOOK_NANOS = Silence.LOOK_NANOS;
    private static final long TICK_NANOS = 1_000_000;

    /**
     * Pages that may be on their way beside what the link's latency holds: 512 KiB. Where processors, not the link, set the
     * pace, the buffers of the connections fill with pushed pages, and what the program waits for stood behind them: 20 ms
     * for half of the faults at 10 Gbit/s on two processors.
     */
    private static final int WINDOW_PAGES = 128;

    /** Bytes per second that no connection carries. */
    private static final double FASTEST = 1e10;

    private final ProcessPages pages;
    private final SafetyCopy copy;
    private final long latencyNanos;
    private final long windowPages;
    private final Runnable flush;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Deque<Wanted> waiting = new ArrayDeque<>();
    private final Map<Integer, Long> unanswered = new ConcurrentHashMap<>();
    /** Pages that came back; its own lock, for what is unanswered too. */
    private final PageBitmap came;

    private final Thread watch = new Thread(this::look, "godwit-silence");
    private Guardian guardian;
    private GuestMemory from;
    private GuestMemory to;
    private SourceStream stream;
    private RealHome home;
    private BooleanSupplier endedByOperator = () -> false;
    private final AtomicLong requests = new AtomicLong();
    private volatile long lastCameNanos;
    private final AtomicLong returnedPages = new AtomicLong();
    private volatile String lost;
    private volatile boolean closed;
    private long sentPages;
    private long heardPages;

    private sealed interface Event {}

    /** The program waits for a page. */
    private record Wanted(int gfn, long reachesSourceNanos) implements Event {}

    /** Pages came back, one behind the other. */
    private record Came(int gfn, int pages) implements Event {}

    /** Something is not as it was. */
    private record Word() implements Event {}

    /**
     * @param latencyNanos of the link, one way
     * @param bandwidthBytesPerSecond of the link, zero if it has no limit
     * @param flush sends what was encoded
     */
    RealSide(ProcessPages pages, SafetyCopy copy, long latencyNanos, long bandwidthBytesPerSecond, Runnable flush) {
        this.pages = pages;
        this.copy = copy;
        this.latencyNanos = latencyNanos;
        double inBothWays = 2e-9 * latencyNanos * (bandwidthBytesPerSecond > 0 ? bandwidthBytesPerSecond : FASTEST);
        this.windowPages = WINDOW_PAGES + (long) (inBothWays / PageSize.bytes());
        this.flush = flush;
        this.came = new PageBitmap(pages.capacity());
        watch.setDaemon(true);
    }

    /** Before the first page is missing: whom to tell of what. */
    void serve(Guardian served, GuestMemory source, GuestMemory destination, SourceStream connection) {
        guardian = served;
        from = source;
        to = destination;
        stream = connection;
    }

    /** The operator may end the rehearsal behind the switch. */
    void endWhen(BooleanSupplier asked) {
        endedByOperator = asked;
    }

    /** There is a way back for the program. */
    void comeBackBy(RealHome way) {
        home = way;
    }

    /** Pages are missing from now on. */
    void begin() {
        lastCameNanos = WallClock.nanos();
        watch.start();
    }

    @Override
    public void pageRequested(int slot) {
        requests.incrementAndGet();
        boolean here;
        synchronized (came) {
            here = came.get(slot);
            if (!here) {
                unanswered.put(slot, WallClock.nanos());
            }
        }
        if (here) {
            // It came while it was asked for, and must not wait behind what came before it.
            guardian.arrivedOnRequest(slot);
            return;
        }
        events.add(new Wanted(slot, WallClock.nanos() + latencyNanos));
    }

    @Override
    public void lost(String why) {
        lose(why);
    }

    /** Pages that are neighbours need not be neighbouring frames: behind the end of a block another one may follow. */
    @Override
    public void take(long firstPage, int count, ByteBuffer data) throws IOException {
        int first = data.position();
        for (int taken = 0; taken < count; ) {
            long page = firstPage + taken;
            int inBlock = (int) Math.min(count - taken, (page | (ProcessPages.BLOCK_PAGES - 1)) + 1 - page);
            takeOfBlock(page, inBlock, data.slice(first + taken * PageSize.bytes(), inBlock * PageSize.bytes()));
            taken += inBlock;
        }
    }

    private void takeOfBlock(long firstPage, int count, ByteBuffer data) throws IOException {
        int gfn = pages.gfnOf(firstPage);
        if (gfn < 0) {
            throw new IOException("page " + firstPage + " came back, which the program does not have");
        }
        if (data.mismatch(copy.pages(gfn, count)) >= 0) {
            throw new IOException("of " + count + " pages from " + firstPage + " on one came back as another");
        }
        lastCameNanos = WallClock.nanos();
        returnedPages.addAndGet(count);
        boolean awaited = false;
        for (int i = gfn; i < gfn + count; i++) {
            boolean isAwaited;
            synchronized (came) {
                came.set(i);
                isAwaited = unanswered.remove(i) != null;
            }
            if (isAwaited) {
                awaited = true;
                guardian.arrivedOnRequest(i);
            }
        }
        if (!awaited || count > 1) {
            guardian.arrived(gfn, count);
        }
        events.add(new Came(gfn, count));
    }

    @Override
    public void takeChange(long firstPage, int count, ByteBuffer data) throws IOException {
        lastCameNanos = WallClock.nanos();
        stream.alive();
        home.cameBack(firstPage, count, data);
    }

    @Override
    public void takeGone(long firstPage, int count) {
        // It is whole with its point.
        lastCameNanos = WallClock.nanos();
    }

    @Override
    public void takePoint(long number) {
        home.pointCameBack(number);
        events.add(new Word());
    }

    @Override
    public void ended(String why) {
        if (!closed) {
            lose(why);
        }
    }

    /** The destination is of no more use: the program gets all of its memory from the copy, at once. */
    void lose(String why) {
        if (lost != null) {
            return;
        }
        lost = why;
        try {
            guardian.abandon();
        } catch (RuntimeException ended) {
            // Without a controller it does the same by itself; without a process there is nothing to do.
        }
        stream.cut(why);
        events.add(new Word());
    }

    private void look() {
        Silence silence = new Silence(WallClock.nanos());
        long lastSeenNanos = 0;
        while (!closed && lost == null) {
            long now = WallClock.nanos();
            boolean waits = unanswered.values().stream().anyMatch(since -> now - since > LOOK_NANOS);
            boolean silent = waits && lastCameNanos == lastSeenNanos;
            lastSeenNanos = lastCameNanos;
            if (silence.isTooLong(silent, now)) {
                lose(Silence.text("waited for a page"));
            }
            try {
                TimeUnit.NANOSECONDS.sleep(LOOK_NANOS);
            } catch (InterruptedException end) {
                return;
            }
        }
    }

    @Override
    public void hear() {
        for (Event event = events.poll(); event != null; event = events.poll()) {
            note(event);
        }
        check();
        if (home != null) {
            home.tick();
        }
    }

    private void note(Event event) {
        if (event instanceof Wanted wanted) {
            waiting.add(wanted);
        } else if (event instanceof Came came) {
            heardPages += came.pages;
            for (int gfn = came.gfn; gfn < came.gfn + came.pages; gfn++) {
                to.receive(gfn, from.peek(gfn));
            }
        }
    }

    private void check() {
        if (lost != null) {
            throw new LinkLostException(lost, null);
        }
        if (endedByOperator.getAsBoolean()) {
            lose("ended by the operator after the switch, where only a cancellable post-copy can be cancelled");
            throw new LinkLostException(lost, null);
        }
    }

    @Override
    public int takeRequest() {
        if (waiting.isEmpty() || waiting.getFirst().reachesSourceNanos > WallClock.nanos()) {
            return NO_REQUEST;
        }
        return waiting.removeFirst().gfn;
    }

    @Override
    public void sent(int gfn, long content) {
        sentPages++;
    }

    @Override
    public void flush() {
        flush.run();
    }

    @Override
    public boolean isUnderway() {
        return sentPages > heardPages;
    }

    @Override
    public boolean mayPush() {
        return sentPages - heardPages < windowPages;
    }

    @Override
    public void await() {
        listen(LOOK_NANOS);
    }

    @Override
    public void listen(long nanos) {
        // Whatever happens wakes it, but for a point that is due.
        long until = home == null ? Math.max(nanos, TICK_NANOS) : TICK_NANOS;
        if (!waiting.isEmpty()) {
            until = Math.max(0, Math.min(until, waiting.getFirst().reachesSourceNanos - WallClock.nanos()));
        }
        try {
            Event event = events.poll(until, TimeUnit.NANOSECONDS);
            if (event != null) {
                note(event);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            throw new LinkLostException("the rehearsal was interrupted", hurry);
        }
        hear();
    }

    @Override
    public long requests() {
        return requests.get();
    }

    /** Pages that came back as they were saved. */
    long returnedPages() {
        return returnedPages.get();
    }

    /** Why the destination is of no more use, null if it is. */
    String lost() {
        return lost;
    }

    @Override
    public void close() {
        closed = true;
        watch.interrupt();
    }
}
