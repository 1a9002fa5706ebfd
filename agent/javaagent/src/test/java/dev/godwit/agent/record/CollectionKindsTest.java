package dev.godwit.agent.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.trace.GarbageCollection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names as JDK 17 and 25 give them. */
class CollectionKindsTest {

    @ParameterizedTest
    @CsvSource({
        "G1 Young Generation, end of minor GC, YOUNG",
        "G1 Old Generation, end of major GC, FULL",
        "G1 Concurrent GC, end of concurrent GC pause, OTHER",
        "PS Scavenge, end of minor GC, YOUNG",
        "PS MarkSweep, end of major GC, FULL",
        "Copy, end of minor GC, YOUNG",
        "MarkSweepCompact, end of major GC, FULL",
        "ZGC Cycles, end of GC cycle, FULL",
        "ZGC Pauses, end of GC pause, OTHER",
        "ZGC Minor Cycles, end of GC cycle, YOUNG",
        "ZGC Minor Pauses, end of GC pause, OTHER",
        "Shenandoah Pauses, end of Init Mark, OTHER",
        "Some New Collector, end of minor GC, YOUNG"
    })
    void theBeanTellsWhatWasCollected(String bean, String action, GarbageCollection.Type expected) {
        assertThat(CollectionKinds.type(bean, action)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "G1 Eden Space, EDEN",
        "G1 Survivor Space, SURVIVOR",
        "G1 Old Gen, OLD",
        "PS Eden Space, EDEN",
        "PS Old Gen, OLD",
        "Eden Space, EDEN",
        "Survivor Space, SURVIVOR",
        "Tenured Gen, OLD",
        "ZHeap, OLD",
        "ZGC Old Generation, OLD",
        "ZGC Young Generation, EDEN",
        "Shenandoah, OLD",
        "Metaspace, NOT_HEAP",
        "CodeHeap 'non-nmethods', NOT_HEAP",
        "Compressed Class Space, NOT_HEAP"
    })
    void thePoolTellsItsGeneration(String pool, CollectionKinds.Pool expected) {
        assertThat(CollectionKinds.pool(pool)).isEqualTo(expected);
    }
}
