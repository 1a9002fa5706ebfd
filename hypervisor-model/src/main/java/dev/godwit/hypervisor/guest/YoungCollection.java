package dev.godwit.hypervisor.guest;

import dev.godwit.trace.GarbageCollection;

/**
 * A recorded young collection whose outcome is known.
 *
 * @param record as the JVM reported it
 * @param layoutIndex first layout of its epoch, in {@link RecordedRun#layouts()}
 * @param intervalIndex interval in which it began
 */
record YoungCollection(GarbageCollection record, int layoutIndex, int intervalIndex) {

    /** What was left alive of the young generation: survivors, and what was moved to the old generation. */
    static long survivedBytes(GarbageCollection collection) {
        return collection.survivorAfterBytes() + Math.max(0, collection.oldAfterBytes() - collection.oldBeforeBytes());
    }
}
