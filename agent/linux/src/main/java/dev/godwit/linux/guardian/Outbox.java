package dev.godwit.linux.guardian;

import dev.godwit.linux.PipeEnd;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What the guardian tells the controller; never waits for it. */
final class Outbox implements PageServer.Requests {
    private static final int BUFFER_BYTES = 1 << 16;
    /** Kept free of requests, so that answers always fit. */
    private static final int RESERVED_BYTES = 1 << 13;

    private final PipeEnd pipe;

    Outbox(int fd) {
        this.pipe = new PipeEnd(fd, BUFFER_BYTES);
    }

    @Override
    public boolean request(int slot) {
        if (pipe.isEnded() || !pipe.hasRoom(RESERVED_BYTES)) {
            return false;
        }
        put(Message.REQUEST, 0, slot, 0, 0);
        return true;
    }

    void put(int type, int sequence, long first, long second, long third) {
        if (!pipe.hasRoom(Message.BYTES)) {
            // The controller does not read: it has given up, or will find the end of the pipe.
            return;
        }
        int at = pipe.put(Message.BYTES);
        pipe.content()
                .putInt(at + Message.TYPE, type)
                .putInt(at + Message.SEQUENCE, sequence)
                .putLong(at + Message.FIRST, first)
                .putLong(at + Message.SECOND, second)
                .putLong(at + Message.THIRD, third);
    }

    void fail(int sequence, Throwable why) {
        String text = why.getMessage() == null ? why.toString() : why.getMessage();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] shown = Arrays.copyOf(bytes, Math.min(bytes.length, Message.TEXT_LIMIT));
        if (pipe.hasRoom(Message.BYTES + shown.length)) {
            put(Message.FAILED, sequence, shown.length, 0, 0);
            pipe.content().put(pipe.put(shown.length), shown);
        }
        pipe.flush();
    }

    void flush() {
        pipe.flush();
    }

    /** True if something could not be written yet. */
    boolean isBehind() {
        return pipe.held() > 0;
    }
}
