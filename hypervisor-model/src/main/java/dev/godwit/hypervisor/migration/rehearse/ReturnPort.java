package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.sim.WallClock;
import dev.godwit.hypervisor.stream.StreamFormat;
import dev.godwit.hypervisor.transport.TcpLink;
import dev.godwit.hypervisor.transport.TokenBucket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The connection by which a program that stays with its source gets the pages that came to the destination, and by which what
 * it writes takes the way that it would take from there. A migrated VM needs none: it runs there.
 *
 * <pre>
 * program to host:  magic:u64 session:16 bytes rate:u64 { change | point }      little-endian
 * host to program:  magic:u64 { pages | change | point }
 * pages  = first-page:u64 pages:u32 0:u32 page{pages}      came to the destination
 * change = first-page:u64 pages:u32 1:u32 page{pages}      written by the program; comes back as it is, at the rate
 * gone   = first-page:u64 pages:u32 3:u32                  as change: zeros now
 * point  = number:u64     0:u32     2:u32                  all changes up to a moment came before it
 * </pre>
 *
 * The session is the one of the migration's Hello, which only its source knows; the rate is in bytes per second, 0 for any.
 */
final class ReturnPort implements AutoCloseable {
    /** "GODWITRP". */
    static final long MAGIC = 0x5052_5449_5744_4F47L;

    static final int HEADER_BYTES = 16;
    static final int PAGES = 0;
    static final int CHANGE = 1;
    static final int POINT = 2;
    static final int GONE = 3;
    /** Pages of one piece at most. */
    static final int MOST_PAGES = 256;

    private static final int PAGE_BYTES = 4096;
    private static final int BURST_BYTES = 64 << 10;

    private final TcpLink link;
    private final ByteBuffer header = buffer(HEADER_BYTES);
    private final ByteBuffer[] parts = new ByteBuffer[2];

    ReturnPort(TcpLink link) {
        this.link = link;
    }

    static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Fills a buffer; false if the channel ends before. */
    static boolean fill(ReadableByteChannel from, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (from.read(into) < 0) {
                return false;
            }
        }
        into.flip();
        return true;
    }

    /** Reads, at the host, which session a program belongs to. */
    static byte[] readSession(TcpLink link) throws IOException {
        ByteBuffer session = ByteBuffer.allocate(StreamFormat.SESSION_BYTES);
        if (!fill(link, session)) {
            throw new IOException("it ended before it said which migration it belongs to");
        }
        return Arrays.copyOf(session.array(), StreamFormat.SESSION_BYTES);
    }

    /** Says, at the host, that the program is known. */
    void welcome() throws IOException {
        ByteBuffer word = buffer(Long.BYTES);
        word.putLong(MAGIC).flip();
        link.write(word);
        link.setReadTimeoutNanos(0);
    }

    /** Gives the program pages. */
    void give(long firstPage, int count, ByteBuffer data) throws IOException {
        send(firstPage, count, PAGES, data);
    }

    private synchronized void send(long first, int count, int kind, ByteBuffer data) throws IOException {
        header.clear().putLong(first).putInt(count).putInt(kind).flip();
        parts[0] = header;
        parts[1] = data;
        long left = header.remaining() + (long) data.remaining();
        while (left > 0) {
            left -= link.write(parts);
        }
    }

    /**
     * Sends back what the program says, at the rate that it asked for, until it says no more.
     *
     * @throws IOException if it says what it may not
     */
    void sendBack() throws IOException {
        ByteBuffer said = buffer(HEADER_BYTES);
        if (!fill(link, said.limit(Long.BYTES))) {
            return;
        }
        long rate = said.getLong();
        TokenBucket bucket =
                rate <= 0 ? null : new TokenBucket(rate, Math.max(BURST_BYTES, rate / 250), WallClock.nanos());
        ByteBuffer data = buffer(MOST_PAGES * PAGE_BYTES);
        while (fill(link, said.clear())) {
            long first = said.getLong();
            int count = said.getInt();
            int kind = said.getInt();
            boolean hasData = kind == CHANGE;
            boolean known = hasData || kind == GONE || (kind == POINT && count == 0);
            if (!known || count < 0 || (hasData && (count < 1 || count > MOST_PAGES))) {
                throw new IOException("it says what no program does");
            }
            if (!fill(link, data.clear().limit(hasData ? count * PAGE_BYTES : 0))) {
                return;
            }
            if (bucket != null) {
                sleep(bucket.take(HEADER_BYTES + data.remaining(), WallClock.nanos()));
            }
            send(first, count, kind, data);
        }
    }

    private static void sleep(long nanos) throws IOException {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
            throw new IOException("sending back given up: interrupted", end);
        }
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
