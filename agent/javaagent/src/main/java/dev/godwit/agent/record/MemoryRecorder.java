package dev.godwit.agent.record;

import dev.godwit.agent.heap.HeapProbe;
import dev.godwit.agent.pages.ContentSampler;
import dev.godwit.agent.pages.MachineMemoryProbe;
import dev.godwit.agent.pages.MappingClassifier;
import dev.godwit.trace.ContentSample;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.MemoryMap;
import java.util.Optional;

/** Writes what memory holds besides heap spaces: the machine, the mappings of the process, samples of contents. */
final class MemoryRecorder implements AutoCloseable {
    private static final long MACHINE_PERIOD_NANOS = 2_000_000_000L;

    /** A sample of all kinds takes some 10 ms of processor time. */
    private static final long SAMPLE_PERIOD_NANOS = 2_000_000_000L;

    private static final long SEED = 1;
    private static final int PAGES_PER_KIND = 32;

    private final HeapProbe probe;
    private final TraceSink sink;
    private final Part machinePart;
    private final Part mapPart;
    private final Part samplePart;
    private final MappingClassifier classifier = new MappingClassifier();
    private MachineMemoryProbe machine;
    private MemoryMap map;
    private ContentSampler sampler;
    private long nextMachineNanos;
    private long nextSampleNanos = SAMPLE_PERIOD_NANOS / 4;

    /**
     * @param sample whether to sample contents
     */
    MemoryRecorder(HeapProbe probe, boolean sample, TraceSink sink) {
        this.probe = probe;
        this.sink = sink;
        machinePart = new Part("reading the machine's memory", sink);
        mapPart = new Part("reading the mappings", sink);
        samplePart = new Part("the sampling of page contents", sink);
        nextSampleNanos = sample ? nextSampleNanos : Long.MAX_VALUE;
    }

    /** Writes what is due: the machine now and then, the mappings if they changed. */
    void record() {
        if (sink.now() >= nextMachineNanos) {
            nextMachineNanos = sink.now() + MACHINE_PERIOD_NANOS;
            machinePart.run(this::recordMachine);
        }
        mapPart.run(this::recordMap);
    }

    private void recordMachine() throws Exception {
        machine = machine == null ? new MachineMemoryProbe() : machine;
        sink.put(machine.read(sink.now()));
    }

    private void recordMap() throws Exception {
        MemoryMap read = classifier.read(sink.now(), probe.ranges());
        if (map == null || !map.mappings().equals(read.mappings())) {
            sink.put(read);
        }
        map = read;
    }

    /** Writes samples, if they are due. */
    void sampleIfDue(Optional<HeapLayout> layout) {
        if (sink.now() >= nextSampleNanos && map != null) {
            nextSampleNanos = sink.now() + SAMPLE_PERIOD_NANOS;
            samplePart.run(() -> sample(layout));
        }
    }

    private void sample(Optional<HeapLayout> layout) throws Exception {
        sampler = sampler == null ? ContentSampler.open(SEED, PAGES_PER_KIND) : sampler;
        for (ContentSample each : sampler.sample(sink.now(), map, layout)) {
            sink.put(each);
        }
    }

    @Override
    public void close() {
        if (sampler != null) {
            sampler.close();
        }
    }
}
