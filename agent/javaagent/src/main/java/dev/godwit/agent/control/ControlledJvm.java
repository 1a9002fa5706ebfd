package dev.godwit.agent.control;

import dev.godwit.agent.channel.Message;
import dev.godwit.agent.heap.CollectionRequests;
import dev.godwit.agent.heap.HeapProbe;
import dev.godwit.agent.heap.HeapProbes;
import dev.godwit.agent.heap.YoungCollection;
import dev.godwit.agent.hint.BufferHold;
import dev.godwit.agent.hint.SignalReader;
import dev.godwit.bootstrap.HintBridge;
import dev.godwit.bootstrap.HintSlot;
import dev.godwit.linux.NativeBuffer;
import dev.godwit.trace.HeapLayout;
import java.lang.instrument.Instrumentation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/** What a controller can ask of the own JVM. Used by one conversation at a time; what it opened is kept for the next. */
final class ControlledJvm {
    private final Instrumentation instrumentation;
    private final BooleanSupplier nativeAccess;
    private final CollectionRequests requests;
    private final BooleanSupplier recording;
    private HeapProbe probe;
    private YoungCollection young;
    private HiccupRecorder hiccups;
    private SignalReader signals;
    private final BufferHold buffers = new BufferHold();

    ControlledJvm(
            Instrumentation instrumentation,
            BooleanSupplier nativeAccess,
            CollectionRequests requests,
            BooleanSupplier recording) {
        this.instrumentation = instrumentation;
        this.nativeAccess = nativeAccess;
        this.requests = requests;
        this.recording = recording;
    }

    /** Makes ready to answer; false if the JVM is shutting down. */
    boolean open() {
        if (probe == null) {
            if (!nativeAccess.getAsBoolean()) {
                return false;
            }
            probe = HeapProbes.open(instrumentation);
        }
        return true;
    }

    Message.Hello hello() {
        return new Message.Hello(
                ProcessHandle.current().pid(),
                probe.collector().name(),
                probe.hasLayout(),
                probe.limitation(),
                probe.epoch(),
                Runtime.getRuntime().maxMemory(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.vm.name", ""),
                System.getProperty("java.vm.version", ""),
                System.getProperty("java.version", ""));
    }

    Message.Prepared collectYoung() {
        if (young == null) {
            young = YoungCollection.open(instrumentation, probe);
        }
        long begin = System.nanoTime();
        requests.during(young::collect);
        return new Message.Prepared(System.nanoTime() - begin, probe.epoch(), young.method());
    }

    Message.Layout layout() {
        HeapLayout layout = probe.read(0);
        List<Message.Space> spaces = new ArrayList<>(layout.size());
        for (int i = 0; i < layout.size(); i++) {
            spaces.add(new Message.Space(layout.kind(i).code(), layout.bottom(i), layout.top(i), layout.end(i)));
        }
        return new Message.Layout(layout.epoch(), spaces);
    }

    Message.Signals signals() {
        if (signals == null) {
            signals = new SignalReader(() -> probe.hasLayout() ? OptionalLong.of(probe.epoch()) : OptionalLong.empty());
        }
        return new Message.Signals(signals.read(Math.max(0, System.nanoTime()), !recording.getAsBoolean()));
    }

    static Message.Progress progress() {
        long sections = 0;
        long safePoints = 0;
        for (int number = 1; number <= HintBridge.count(); number++) {
            HintSlot slot = HintBridge.slot(number);
            sections += HintSlot.opened(slot.sections());
            safePoints += slot.safePoints();
        }
        return new Message.Progress(sections, safePoints);
    }

    static Message.Sections sections() {
        ByteBuffer counts = HintBridge.sectionCounts();
        if (counts == null) {
            throw new IllegalStateException("the JVM has no memory outside its heap for the counts of sections");
        }
        int stride = HintBridge.SECTION_COUNTS_STRIDE_BYTES;
        return new Message.Sections(NativeBuffer.addressOf(counts), stride, HintBridge.MAX_SLOTS + 1);
    }

    Message.DeclaredAnswer declared(boolean hold) {
        return buffers.read(hold);
    }

    void letBuffersGo() {
        buffers.letGo();
    }

    void beginStalls() {
        endHiccups();
        hiccups = HiccupRecorder.start();
    }

    Message.Stalls readStalls() {
        if (hiccups == null) {
            throw new IllegalStateException("no stalls are recorded: begin with STALLS_BEGIN");
        }
        return hiccups.read();
    }

    Message.Stalls endStalls() {
        Message.Stalls stalls = readStalls();
        endHiccups();
        return stalls;
    }

    /** Ends what a controller has begun and not ended. */
    void release() {
        letBuffersGo();
        endHiccups();
    }

    private void endHiccups() {
        if (hiccups != null) {
            hiccups.close();
            hiccups = null;
        }
    }
}
