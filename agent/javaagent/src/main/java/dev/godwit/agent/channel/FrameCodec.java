package dev.godwit.agent.channel;

import dev.godwit.trace.JvmSignals;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Codes frames; the layout is in the description of the package, the order of fields that of the records. */
public final class FrameCodec {
    /** "GWCC". */
    static final int MAGIC = 0x4343_5747;

    static final int VERSION = 2;
    static final int HEADER_BYTES = 16;
    static final int VERSION_OFFSET = 4;
    static final int TYPE_OFFSET = 5;
    static final int ZERO_OFFSET = 6;
    static final int REQUEST_OFFSET = 8;
    static final int LENGTH_OFFSET = 12;
    /** Longest text of a message, but for the histogram. */
    public static final int MAX_TEXT_BYTES = 4096;

    static final int MAX_HISTOGRAM_BYTES = 1 << 20;
    /** Most spaces of a layout. */
    public static final int MAX_SPACES = 1 << 17;

    /** Most buffers that something is said about. */
    public static final int MAX_DECLARED = 4096;

    /** Room for the paths of their files. */
    public static final int MAX_DECLARED_PATH_BYTES = 2 << 20;

    private static final int SPACE_BYTES = 1 + 3 * Long.BYTES;
    private static final int DECLARED_BYTES = 5 * Long.BYTES + Integer.BYTES;
    /** Room for a layout with the most spaces. */
    static final int MAX_PAYLOAD_BYTES = 4 << 20;

    private FrameCodec() {}

    /**
     * The bytes of a frame. A text that is too long is cut.
     *
     * @throws IllegalArgumentException if a layout or a histogram is larger than the limits above
     */
    public static ByteBuffer encode(Frame frame) {
        FieldWriter out = new FieldWriter();
        MessageType type = MessageType.of(frame.message());
        put(frame.message(), out);
        byte[] payload = out.bytes();
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + payload.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(MAGIC).put((byte) VERSION).put((byte) type.code()).putShort((short) 0);
        bytes.putInt(frame.request()).putInt(payload.length).put(payload);
        return bytes.flip();
    }

    private static void put(Message message, FieldWriter out) {
        if (message instanceof Message.Hello hello) {
            out.putLong(hello.pid()).putText(hello.collector()).putBoolean(hello.hasLayout());
            out.putText(hello.limitation()).putLong(hello.epoch()).putLong(hello.maxHeapBytes());
            out.putLong(hello.processors()).putText(hello.vmName()).putText(hello.vmVersion());
            out.putText(hello.javaVersion());
        } else if (message instanceof Message.Refused refused) {
            out.putText(refused.reason());
        } else if (message instanceof Message.Prepared prepared) {
            out.putLong(prepared.durationNanos()).putLong(prepared.epoch()).putText(prepared.method());
        } else if (message instanceof Message.Failed failed) {
            out.putText(failed.reason());
        } else if (message instanceof Message.Aborted aborted) {
            out.putText(aborted.reason());
        } else if (message instanceof Message.Stalls stalls) {
            out.putLong(stalls.intervalNanos()).putLong(stalls.count()).putLong(stalls.longestNanos());
            out.putLong(stalls.p50Nanos()).putLong(stalls.p90Nanos()).putLong(stalls.p99Nanos());
            out.putLong(stalls.p999Nanos()).putLongText(stalls.histogram(), MAX_HISTOGRAM_BYTES);
        } else if (message instanceof Message.Progress progress) {
            out.putLong(progress.sections()).putLong(progress.safePoints());
        } else if (message instanceof Message.Sections sections) {
            out.putLong(sections.address()).putLong(sections.strideBytes()).putLong(sections.count());
        } else if (message instanceof Message.DeclaredRead asked) {
            out.putBoolean(asked.hold());
        } else if (message instanceof Message.DeclaredAnswer declared) {
            putDeclared(declared, out);
        } else if (message instanceof Message.Layout layout) {
            putSpaces(layout, out);
        } else if (message instanceof Message.Signals signals) {
            putSignals(signals.signals(), out);
        }
    }

    private static void putSignals(JvmSignals signals, FieldWriter out) {
        out.putLong(signals.timeNanos()).putLong(signals.openCriticalSections());
        out.putLong(signals.oldestCriticalNanos());
        out.putInt(signals.criticalNames().size());
        signals.criticalNames().forEach(out::putText);
        out.putLong(signals.quietRemainingNanos()).putLong(signals.busyRemainingNanos());
        out.putLong(signals.edenUsedBytes()).putLong(signals.edenCapacityBytes());
        out.putLong(signals.allocatedBytes()).putLong(signals.collections());
        out.putLong(signals.sinceCollectionNanos()).putBoolean(signals.concurrentCycleRunning());
        out.putLong(signals.compilationNanos()).putLong(signals.codeCacheUsedBytes());
    }

    private static void putSpaces(Message.Layout layout, FieldWriter out) {
        if (layout.spaces().size() > MAX_SPACES) {
            throw new IllegalArgumentException(
                    "a layout of " + layout.spaces().size() + " spaces, more than " + MAX_SPACES);
        }
        out.putLong(layout.epoch()).putInt(layout.spaces().size());
        for (Message.Space space : layout.spaces()) {
            out.putByte(space.kind())
                    .putLong(space.bottom())
                    .putLong(space.top())
                    .putLong(space.end());
        }
    }

    private static void putDeclared(Message.DeclaredAnswer declared, FieldWriter out) {
        if (declared.buffers().size() > MAX_DECLARED) {
            throw new IllegalArgumentException(declared.buffers().size() + " buffers, more than " + MAX_DECLARED);
        }
        out.putLong(declared.address())
                .putLong(declared.hold())
                .putInt(declared.buffers().size());
        for (Message.DeclaredBuffer buffer : declared.buffers()) {
            out.putLong(buffer.place()).putLong(buffer.number());
            out.putLong(buffer.start()).putLong(buffer.end());
            out.putText(buffer.file()).putLong(buffer.fileOffset());
        }
    }

    /** The message of a payload, which must be used up to its last byte. */
    static Message decode(MessageType type, FieldReader in) throws ChannelException {
        Message message = switch (type) {
            case HELLO ->
                new Message.Hello(
                        in.takeCount("pid"),
                        in.takeText("collector"),
                        in.takeBoolean("hasLayout"),
                        in.takeText("limitation"),
                        in.takeCount("epoch"),
                        in.takeCount("maxHeapBytes"),
                        (int) Math.min(Integer.MAX_VALUE, in.takeCount("processors")),
                        in.takeText("vmName"),
                        in.takeText("vmVersion"),
                        in.takeText("javaVersion"));
            case REFUSED -> new Message.Refused(in.takeText("reason"));
            case PREPARE -> new Message.Prepare();
            case PREPARED ->
                new Message.Prepared(in.takeCount("durationNanos"), in.takeCount("epoch"), in.takeText("method"));
            case FAILED -> new Message.Failed(in.takeText("reason"));
            case ACCEPTED -> new Message.Accepted();
            case PAUSED -> new Message.Paused();
            case RESUMED -> new Message.Resumed();
            case DONE -> new Message.Done();
            case ABORTED -> new Message.Aborted(in.takeText("reason"));
            case STALLS_BEGIN -> new Message.StallsBegin();
            case STALLS_READ -> new Message.StallsRead();
            case STALLS_END -> new Message.StallsEnd();
            case STALLS ->
                new Message.Stalls(
                        in.takeCount("intervalNanos"),
                        in.takeCount("count"),
                        in.takeCount("longestNanos"),
                        in.takeCount("p50Nanos"),
                        in.takeCount("p90Nanos"),
                        in.takeCount("p99Nanos"),
                        in.takeCount("p999Nanos"),
                        in.takeLongText("histogram", MAX_HISTOGRAM_BYTES));
            case PROGRESS_READ -> new Message.ProgressRead();
            case PROGRESS -> new Message.Progress(in.takeCount("sections"), in.takeCount("safePoints"));
            case SECTIONS_READ -> new Message.SectionsRead();
            case SECTIONS ->
                new Message.Sections(
                        in.takeCount("address"), (int) Math.min(Integer.MAX_VALUE, in.takeCount("strideBytes")), (int)
                                Math.min(Integer.MAX_VALUE, in.takeCount("count")));
            case DECLARED_READ -> new Message.DeclaredRead(in.takeBoolean("hold"));
            case DECLARED ->
                new Message.DeclaredAnswer(in.takeCount("address"), in.takeCount("hold"), takeDeclared(in));
            case LAYOUT_READ -> new Message.LayoutRead();
            case LAYOUT -> new Message.Layout(in.takeCount("epoch"), takeSpaces(in));
            case SIGNALS_READ -> new Message.SignalsRead();
            case SIGNALS -> new Message.Signals(takeSignals(in));
        };
        in.finish();
        return message;
    }

    private static JvmSignals takeSignals(FieldReader in) throws ChannelException {
        long timeNanos = in.takeCount("timeNanos");
        long open = in.takeCount("openCriticalSections");
        long oldestNanos = in.takeCount("oldestCriticalNanos");
        int count = in.takeLength("criticalNames", JvmSignals.MAX_NAMES, Integer.BYTES);
        List<String> names = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            names.add(in.takeText("criticalName"));
        }
        return new JvmSignals(
                timeNanos,
                open,
                oldestNanos,
                names,
                in.takeCount("quietRemainingNanos"),
                in.takeCount("busyRemainingNanos"),
                in.takeCount("edenUsedBytes"),
                in.takeCount("edenCapacityBytes"),
                in.takeCount("allocatedBytes"),
                in.takeCount("collections"),
                in.takeCount("sinceCollectionNanos"),
                in.takeBoolean("concurrentCycleRunning"),
                in.takeCount("compilationNanos"),
                in.takeCount("codeCacheUsedBytes"));
    }

    private static List<Message.DeclaredBuffer> takeDeclared(FieldReader in) throws ChannelException {
        int count = in.takeLength("buffers", MAX_DECLARED, DECLARED_BYTES);
        List<Message.DeclaredBuffer> buffers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long place = in.takeCount("place");
            long number = in.takeCount("number");
            long start = in.takeCount("start");
            long end = in.takeCount("end");
            if (place >= MAX_DECLARED || number == 0 || start >= end) {
                throw new ChannelException("a control frame has the buffer " + i + " inverted or nowhere");
            }
            buffers.add(new Message.DeclaredBuffer(
                    (int) place, number, start, end, in.takeText("file"), in.takeCount("fileOffset")));
        }
        return buffers;
    }

    private static List<Message.Space> takeSpaces(FieldReader in) throws ChannelException {
        int count = in.takeLength("spaces", MAX_SPACES, SPACE_BYTES);
        List<Message.Space> spaces = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int kind = in.takeByte("kind");
            long bottom = in.takeCount("bottom");
            long top = in.takeCount("top");
            long end = in.takeCount("end");
            if (bottom > top || top > end) {
                throw new ChannelException("a control frame has the space " + i + " inverted");
            }
            spaces.add(new Message.Space(kind, bottom, top, end));
        }
        return spaces;
    }
}
