package dev.godwit.hypervisor.transport;

import dev.godwit.hypervisor.sim.WallClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Holds what is sent for a while, as a long cable does: a thread of its own passes it on when its time has come. Whoever
 * sends waits only if more is on the way than fits.
 */
final class DelayLine implements AutoCloseable {
    /** Of copies that are used again. */
    private static final int PIECE_BYTES = 64 << 10;

    private final WritableByteChannel channel;
    private final long latencyNanos;
    private final int mostPieces;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Piece> underWay = new ArrayDeque<>();
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private final Thread thread;
    private IOException failure;
    private boolean closed;
    private boolean passing;

    private record Piece(long dueNanos, ByteBuffer bytes) {}

    /** @param mostBytes what may be on the way at most */
    DelayLine(WritableByteChannel channel, long latencyNanos, long mostBytes) {
        this.channel = channel;
        this.latencyNanos = latencyNanos;
        this.mostPieces = (int) Math.max(2, mostBytes / PIECE_BYTES);
        thread = new Thread(this::passOn, "godwit-link");
        thread.setDaemon(true);
        thread.start();
    }

    /** Takes all that is left in a buffer. */
    void put(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            ByteBuffer piece = claim();
            int bytes = Math.min(piece.capacity(), from.remaining());
            int limit = from.limit();
            piece.clear().put(from.limit(from.position() + bytes)).flip();
            from.limit(limit);
            lock.lock();
            try {
                underWay.add(new Piece(WallClock.nanos() + latencyNanos, piece));
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private ByteBuffer claim() throws IOException {
        lock.lock();
        try {
            while (failure == null && !closed && underWay.size() >= mostPieces) {
                changed.await();
            }
            if (failure != null) {
                throw failure;
            }
            if (closed) {
                throw new LinkException("the connection is closed");
            }
            return free.isEmpty() ? ByteBuffer.allocateDirect(PIECE_BYTES) : free.removeLast();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LinkException("sending given up: interrupted", interrupted);
        } finally {
            lock.unlock();
        }
    }

    private void passOn() {
        try {
            for (Piece piece = next(); piece != null; piece = next()) {
                channel.write(piece.bytes);
                passed(piece.bytes);
            }
        } catch (IOException | RuntimeException failed) {
            lock.lock();
            try {
                failure =
                        failed instanceof IOException io ? io : new LinkException("sending failed: " + failed, failed);
                passing = false;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the next piece and for its time; null if the line is closed. */
    private Piece next() throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                if (closed) {
                    return null;
                }
                Piece first = underWay.peek();
                long left = first == null ? Long.MAX_VALUE : first.dueNanos - WallClock.nanos();
                if (left <= 0) {
                    passing = true;
                    return underWay.remove();
                }
                changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void passed(ByteBuffer piece) {
        lock.lock();
        try {
            free.add(piece);
            passing = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nothing is on the way any more. */
    void drain() throws IOException {
        lock.lock();
        try {
            while (failure == null && !closed && (passing || !underWay.isEmpty())) {
                changed.await();
            }
            if (failure != null) {
                throw failure;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LinkException("sending given up: interrupted", interrupted);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
