package dev.godwit.agent.heap;

/**
 * Allocates garbage until the JVM collects.
 *
 * <p>Costs about 0.5 ms for each MiB that is free in Eden. What is collected is up to the JVM: with an old generation
 * that is nearly full it can be the whole heap.
 */
final class EdenFilling implements YoungCollection {
    /** Small enough not to be humongous with the smallest G1 region. */
    private static final int ARRAY_BYTES = 64 << 10;

    private final HeapProbe probe;
    /** Keeps the compiler from removing the allocation. */
    private volatile byte[] last;

    EdenFilling(HeapProbe probe) {
        this.probe = probe;
    }

    @Override
    public void collect() {
        long before = probe.epoch();
        long limitBytes = 2 * Runtime.getRuntime().maxMemory();
        for (long bytes = 0; bytes < limitBytes; bytes += last.length) {
            last = new byte[ARRAY_BYTES];
            if (probe.epoch() != before) {
                last = null;
                return;
            }
        }
        last = null;
        throw new IllegalStateException("no collection after allocating " + limitBytes + " bytes");
    }

    @Override
    public String method() {
        return "filling Eden";
    }
}
