package dev.godwit.agent.record;

import dev.godwit.trace.GarbageCollection;
import java.util.Locale;

/** Tells by the names of HotSpot's management beans and memory pools what was collected. */
final class CollectionKinds {

    /** What a memory pool is. */
    enum Pool {
        EDEN,
        SURVIVOR,
        OLD,
        NOT_HEAP
    }

    private CollectionKinds() {}

    /**
     * Kind of a collection.
     *
     * @param bean such as {@code G1 Young Generation}
     * @param action such as {@code end of minor GC}
     */
    static GarbageCollection.Type type(String bean, String action) {
        return switch (bean) {
            case "G1 Young Generation", "PS Scavenge", "Copy", "ZGC Minor Cycles", "Shenandoah Young Cycles" ->
                GarbageCollection.Type.YOUNG;
            case "G1 Old Generation",
                    "PS MarkSweep",
                    "MarkSweepCompact",
                    "ZGC Cycles",
                    "ZGC Major Cycles",
                    "Shenandoah Cycles" -> GarbageCollection.Type.FULL;
            default -> byAction(bean, action);
        };
    }

    private static GarbageCollection.Type byAction(String bean, String action) {
        boolean concurrent = bean.contains("Concurrent") || bean.contains("Pauses");
        if (!concurrent && action.contains("minor")) {
            return GarbageCollection.Type.YOUNG;
        }
        return !concurrent && action.contains("major") ? GarbageCollection.Type.FULL : GarbageCollection.Type.OTHER;
    }

    /** Kind of a memory pool, such as {@code G1 Eden Space}; a heap without generations is all old. */
    static Pool pool(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.contains("eden") || lower.contains("young")) {
            return Pool.EDEN;
        }
        if (lower.contains("survivor")) {
            return Pool.SURVIVOR;
        }
        boolean old = lower.contains("old") || lower.contains("tenured") || lower.equals("zheap");
        return old || lower.startsWith("shenandoah") ? Pool.OLD : Pool.NOT_HEAP;
    }
}
