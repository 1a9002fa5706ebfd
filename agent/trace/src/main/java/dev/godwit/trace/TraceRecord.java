package dev.godwit.trace;

/**
 * One record of a trace.
 *
 * <p>Records are ordered by the moment at which the recorder wrote them, which is never before {@link #timeNanos()}.
 */
public sealed interface TraceRecord
        permits JvmFacts,
                MachineMemory,
                MemoryMap,
                HeapLayout,
                DirtyPages,
                GarbageCollection,
                HintEvent,
                JvmSignals,
                DeclaredMemory,
                ContentSample,
                Notice,
                Loss,
                TraceEnd {

    /** Nanoseconds from the start of the recording to the moment that the record describes. */
    long timeNanos();
}
