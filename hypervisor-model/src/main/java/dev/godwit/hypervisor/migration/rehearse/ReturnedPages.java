package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.transport.TcpLink;
import dev.godwit.hypervisor.transport.TcpOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** The program's end of a {@link ReturnPort}: takes what comes on a thread of its own. */
final class ReturnedPages implements AutoCloseable {
    /** Name of the thread. */
    static final String THREAD_NAME = "godwit-returned-pages";

    private final TcpLink link;
    private final Taker taker;
    private final int pageBytes;
    private final Thread thread = new Thread(this::receive, THREAD_NAME);
    private volatile boolean closed;

    /** Takes pages; must not keep the buffer. */
    interface Taker {
        /**
         * Pages came.
         *
         * @throws IOException one line, if they are not what they should be
         */
        void take(long firstPage, int pages, ByteBuffer data) throws IOException;

        /** What the program wrote came back. */
        default void takeChange(long firstPage, int pages, ByteBuffer data) throws IOException {
            throw new IOException("a change came back that nobody sent");
        }

        /** Pages that the program gave up came back as such. */
        default void takeGone(long firstPage, int pages) throws IOException {
            throw new IOException("a change came back that nobody sent");
        }

        /** All changes up to a point came back. */
        default void takePoint(long number) throws IOException {
            throw new IOException("a point came back that nobody sent");
        }

        /** No more will come; one line. */
        void ended(String why);
    }

    private ReturnedPages(TcpLink link, Taker taker, int pageBytes) {
        this.link = link;
        this.taker = taker;
        this.pageBytes = pageBytes;
        thread.setDaemon(true);
    }

    /**
     * Connects, and begins to receive.
     *
     * @param session of the migration, of which the host must have been told before
     */
    static ReturnedPages connect(
            InetSocketAddress address, TcpOptions options, byte[] session, Taker taker, int pageBytes)
            throws IOException {
        // No part of the migration: a migrated VM is at the destination, and its pages need not go further.
        TcpLink link =
                TcpLink.connect(address, options.withBandwidthBytesPerSecond(0).withLatencyNanos(0));
        try {
            ByteBuffer word = ReturnPort.buffer(2 * Long.BYTES + session.length);
            word.putLong(ReturnPort.MAGIC)
                    .put(session)
                    .putLong(options.bandwidthBytesPerSecond())
                    .flip();
            link.write(word);
            ByteBuffer answer = ReturnPort.buffer(Long.BYTES);
            if (!ReturnPort.fill(link, answer) || answer.getLong() != ReturnPort.MAGIC) {
                throw new IOException("the destination does not give pages back");
            }
            link.setReadTimeoutNanos(0);
        } catch (IOException refused) {
            link.close();
            throw refused;
        }
        ReturnedPages returned = new ReturnedPages(link, taker, pageBytes);
        returned.thread.start();
        return returned;
    }

    private void receive() {
        ByteBuffer header = ReturnPort.buffer(ReturnPort.HEADER_BYTES);
        ByteBuffer data = ReturnPort.buffer(ReturnPort.MOST_PAGES * pageBytes);
        String why = "the destination gives no more pages back";
        try {
            while (ReturnPort.fill(link, header.clear())) {
                if (!receive(header, data)) {
                    break;
                }
            }
        } catch (IOException | RuntimeException broken) {
            why = "the connection from the destination broke: " + broken.getMessage();
        }
        if (!closed) {
            taker.ended(why);
        }
    }

    /** False if the connection ended within. */
    private boolean receive(ByteBuffer header, ByteBuffer data) throws IOException {
        long first = header.getLong();
        int pages = header.getInt();
        int kind = header.getInt();
        if (kind == ReturnPort.POINT) {
            taker.takePoint(first);
            return true;
        }
        if (kind == ReturnPort.GONE) {
            taker.takeGone(first, pages);
            return true;
        }
        if (pages < 1 || pages > ReturnPort.MOST_PAGES || kind > ReturnPort.CHANGE || kind < 0) {
            throw new IOException("the destination gave back what are no pages");
        }
        if (!ReturnPort.fill(link, data.clear().limit(pages * pageBytes))) {
            return false;
        }
        if (kind == ReturnPort.CHANGE) {
            taker.takeChange(first, pages, data);
        } else {
            taker.take(first, pages, data);
        }
        return true;
    }

    /** Sends what the program wrote, or gave up, or that all of it was sent; one thread at a time. */
    void send(long first, int pages, int kind, ByteBuffer data) throws IOException {
        ByteBuffer header = ReturnPort.buffer(ReturnPort.HEADER_BYTES);
        header.putLong(first).putInt(pages).putInt(kind).flip();
        ByteBuffer[] parts = {header, data};
        long left = header.remaining() + (long) data.remaining();
        while (left > 0) {
            left -= link.write(parts);
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            link.close();
        } catch (IOException closedAnyway) {
            // Nobody waits for it.
        }
    }
}
