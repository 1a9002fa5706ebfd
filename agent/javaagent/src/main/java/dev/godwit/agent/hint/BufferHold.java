package dev.godwit.agent.hint;

import dev.godwit.agent.channel.FrameCodec;
import dev.godwit.agent.channel.Message;
import dev.godwit.bootstrap.DeclaredBuffers;
import dev.godwit.linux.NativeBuffer;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells a hypervisor what the application says of its buffers, and keeps those buffers alive while it pauses the JVM.
 *
 * <p>What stands is read from outside while the JVM stands, from {@link DeclaredBuffers#standing}. That alone proves
 * nothing of a buffer that nobody can reach any more: its memory may have been freed, and given to somebody else,
 * before anybody looked. One that is held here has not been, and that it is held is read there too, as the
 * conversation with the hypervisor may end any time. Buffers that not the collector frees, but somebody by hand, as
 * an arena that is closed does, are never told of.
 */
public final class BufferHold {
    /** A view of a buffer leads to the buffer itself; views of views too, in older JDKs. */
    private static final int MOST_VIEWS = 8;

    private static final AtomicLong LAST = new AtomicLong();

    private final List<ByteBuffer> held = new ArrayList<>();
    private Method cleaner;
    private Method attachment;

    /**
     * What is declared now.
     *
     * @param hold true to keep these buffers, and no others, until {@link #letGo}
     * @throws IllegalStateException one line, if the JVM does not tell
     */
    public Message.DeclaredAnswer read(boolean hold) {
        ByteBuffer standing = DeclaredBuffers.standing();
        if (standing == null) {
            throw new IllegalStateException("the JVM has no memory outside its heap to say what stands");
        }
        List<ByteBuffer> kept = new ArrayList<>();
        List<Message.DeclaredBuffer> told = new ArrayList<>();
        int pathBytes = 0;
        for (DeclaredBuffers.Declared declared : DeclaredBuffers.all()) {
            ByteBuffer buffer = declared.buffer().get();
            pathBytes += declared.file().getBytes(StandardCharsets.UTF_8).length;
            if (buffer != null
                    && pathBytes <= FrameCodec.MAX_DECLARED_PATH_BYTES
                    && isPlain(declared.file())
                    && isFreedByTheCollector(buffer)) {
                kept.add(buffer);
                told.add(tell(declared, buffer));
            }
        }
        long number = 0;
        if (hold) {
            held.clear();
            held.addAll(kept);
            // Only now: whoever reads it of a JVM that stands may rely on it.
            number = LAST.incrementAndGet();
            DeclaredBuffers.holds(number);
        }
        return new Message.DeclaredAnswer(NativeBuffer.addressOf(standing), number, told);
    }

    private static boolean isPlain(String path) {
        return path.getBytes(StandardCharsets.UTF_8).length <= FrameCodec.MAX_TEXT_BYTES
                && path.chars().noneMatch(Character::isISOControl);
    }

    private static Message.DeclaredBuffer tell(DeclaredBuffers.Declared declared, ByteBuffer buffer) {
        long start = NativeBuffer.addressOf(buffer) + declared.capacityStart();
        return new Message.DeclaredBuffer(
                declared.place(),
                declared.number(),
                start,
                start + declared.bytes(),
                declared.file(),
                declared.file().isEmpty() ? 0 : declared.fileOffset());
    }

    /** True of a buffer that is freed when nobody can reach it any more, and of a view of one. */
    private boolean isFreedByTheCollector(ByteBuffer buffer) {
        try {
            if (cleaner == null) {
                Class<?> direct = Class.forName("sun.nio.ch.DirectBuffer");
                attachment = direct.getMethod("attachment");
                attachment.setAccessible(true);
                cleaner = direct.getMethod("cleaner");
                cleaner.setAccessible(true);
            }
            Object each = buffer;
            for (int i = 0; i < MOST_VIEWS && cleaner.getDeclaringClass().isInstance(each); i++) {
                if (cleaner.invoke(each) != null) {
                    return true;
                }
                each = attachment.invoke(each);
            }
            return false;
        } catch (ReflectiveOperationException | RuntimeException untold) {
            throw new IllegalStateException("the JVM does not tell who frees a buffer: " + untold, untold);
        }
    }

    /** The collector may have them again. */
    public void letGo() {
        DeclaredBuffers.holds(0);
        held.clear();
    }
}
