package dev.godwit.hypervisor.guest;

import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.HeapLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** When each epoch was first seen, from every record that names one. */
final class EpochTimeline {
    private EpochTimeline() {}

    private record Sighting(long timeNanos, long epoch) {}

    /** Two arrays of one length, both ascending: times, and the epoch from that time on. */
    static long[][] of(List<HeapLayout> layouts, List<GarbageCollection> collections, List<DirtyPages> intervals) {
        List<Sighting> sightings = new ArrayList<>();
        layouts.forEach(layout -> sightings.add(new Sighting(layout.timeNanos(), layout.epoch())));
        collections.forEach(collection ->
                sightings.add(new Sighting(collection.timeNanos() + collection.durationNanos(), collection.epoch())));
        intervals.forEach(interval -> sightings.add(new Sighting(interval.timeNanos(), interval.epoch())));
        sightings.sort(Comparator.comparingLong(Sighting::timeNanos).thenComparingLong(Sighting::epoch));
        List<Sighting> risen = new ArrayList<>();
        long highest = -1;
        for (Sighting sighting : sightings) {
            if (sighting.epoch() > highest) {
                highest = sighting.epoch();
                if (!risen.isEmpty() && risen.get(risen.size() - 1).timeNanos() == sighting.timeNanos()) {
                    risen.remove(risen.size() - 1);
                }
                risen.add(sighting);
            }
        }
        return new long[][] {
            risen.stream().mapToLong(Sighting::timeNanos).toArray(),
            risen.stream().mapToLong(Sighting::epoch).toArray()
        };
    }
}
