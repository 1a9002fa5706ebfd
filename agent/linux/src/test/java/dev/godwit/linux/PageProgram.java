package dev.godwit.linux;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * Some pages of private memory in a JVM of their own, written, read and given back on command; the commands go through a
 * file that both sides map. Each page holds its number plus {@link #FIRST_VALUE} in its first eight bytes.
 */
public final class PageProgram {
    /** Number of pages. */
    public static final int PAGES = 64;
    /** What page zero holds at first. */
    public static final long FIRST_VALUE = 1000;

    private static final VarHandle FIELDS =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final int COMMAND = 0;
    private static final int PAGE = 8;
    private static final int VALUE = 16;

    private PageProgram() {}

    /** What the program can be told to do with a page. */
    public enum Command {
        NONE(0),
        READ(1),
        WRITE(2),
        DISCARD(3),
        /** The page goes to another address, where {@link #READ_MOVED} finds it. */
        MOVE(4),
        READ_MOVED(5);

        private final long code;

        Command(long code) {
            this.code = code;
        }

        private static Command of(long code) {
            for (Command command : values()) {
                if (command.code == code) {
                    return command;
                }
            }
            throw new IllegalArgumentException("command code=" + code);
        }
    }

    /** The side that gives commands. */
    public static final class Remote {
        private final ByteBuffer fields;

        /** Commands through the file that the program was started with. */
        public Remote(Path file) throws IOException {
            this.fields = CountingProgram.map(file);
        }

        /** Gives a command, and does not wait for its end. */
        public void give(Command command, int page, long value) {
            fields.putLong(PAGE, page).putLong(VALUE, value);
            FIELDS.setVolatile(fields, COMMAND, command.code);
        }

        public boolean isDone() {
            return (long) FIELDS.getVolatile(fields, COMMAND) == Command.NONE.code;
        }

        /** What the last READ found. */
        public long value() {
            return fields.getLong(VALUE);
        }

        /** Waits for the end of the command, doing some work meanwhile. */
        public void await(Runnable meanwhile) {
            long deadline = System.nanoTime() + 30_000_000_000L;
            while (!isDone()) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException("the command was not done within 30 s");
                }
                meanwhile.run();
                LockSupport.parkNanos(200_000);
            }
        }

        /** Gives a command and waits for its end. */
        public long run(Command command, int page, long value) {
            give(command, page, value);
            await(() -> {});
            return value();
        }
    }

    public static void main(String[] arguments) throws IOException {
        ByteBuffer fields = CountingProgram.map(Path.of(arguments[0]));
        int page = PageSize.bytes();
        NativeBuffer memory = NativeBuffer.privateMemory((long) PAGES * page);
        ByteBuffer content = memory.slice(0, PAGES * page);
        for (int i = 0; i < PAGES; i++) {
            content.putLong(i * page, FIRST_VALUE + i);
        }
        NativeBuffer elsewhere = NativeBuffer.privateMemory(page);
        elsewhere.slice(0, page).putLong(0, FIRST_VALUE);
        System.out.println("elsewhere=" + elsewhere.address() + " pages=" + memory.address() + ";");
        while (true) {
            // In this order: the page is there before its command is.
            Command command = Command.of((long) FIELDS.getVolatile(fields, COMMAND));
            int number = (int) fields.getLong(PAGE);
            switch (command) {
                case NONE -> LockSupport.parkNanos(200_000);
                case READ -> fields.putLong(VALUE, content.getLong(number * page));
                case WRITE -> content.putLong(number * page, fields.getLong(VALUE));
                case DISCARD -> memory.discard((long) number * page, page);
                case MOVE -> move(memory.address() + (long) number * page, elsewhere.address(), page);
                case READ_MOVED ->
                    fields.putLong(VALUE, elsewhere.slice(0, page).getLong(0));
            }
            FIELDS.compareAndSet(fields, COMMAND, command.code, 0L);
        }
    }

    private static void move(long from, long to, int bytes) {
        int sysMremap = 25;
        int mayMoveFixed = 3;
        LibC.syscall(sysMremap, from, bytes, bytes, mayMoveFixed, to, 0);
    }
}
