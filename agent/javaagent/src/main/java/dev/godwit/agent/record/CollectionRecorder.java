package dev.godwit.agent.record;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GcInfo;
import dev.godwit.agent.heap.CollectionRequests;
import dev.godwit.trace.GarbageCollection;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * Writes a record for each collection that the management beans report. The thread that delivers their notifications
 * only keeps them, bounded, and wakes the recorder: this is how the recorder learns of a collection at once without
 * polling.
 */
final class CollectionRecorder implements NotificationListener, AutoCloseable {
    /** More than a collector can do between two readings of the recorder. */
    private static final int MOST_KEPT = 4096;

    private final TraceSink sink;
    private final Runnable wake;
    private final LongSupplier epoch;
    private final CollectionRequests requests;
    private final ArrayBlockingQueue<Arrival> kept = new ArrayBlockingQueue<>(MOST_KEPT);
    private final List<NotificationEmitter> emitters = new ArrayList<>();

    /**
     * Add to the beans' time, which counts from the end of the JVM's start, to get nanoseconds since the recording
     * started. The beans tell that moment as wall-clock time; should the clock have been set since, a bound is that no
     * notification arrives before its collection ended.
     */
    private long fromBeanTimeNanos;

    private long edenBeforeBytes;

    /**
     * @param wake wakes the recorder; called by a thread of the JVM
     * @param epoch collections completed so far
     * @param requests tells which were asked for
     * @throws IllegalStateException if the JVM reports none
     */
    CollectionRecorder(TraceSink sink, Runnable wake, LongSupplier epoch, CollectionRequests requests) {
        this.sink = sink;
        this.wake = wake;
        this.epoch = epoch;
        this.requests = requests;
        long sinceStart = System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime();
        fromBeanTimeNanos = sink.now() - TimeUnit.MILLISECONDS.toNanos(sinceStart);
        for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (bean instanceof NotificationEmitter emitter) {
                emitter.addNotificationListener(this, null, null);
                emitters.add(emitter);
            }
        }
        if (emitters.isEmpty()) {
            throw new IllegalStateException("the JVM reports none; it does with the module jdk.management");
        }
    }

    /** Called by a thread of the JVM. */
    @Override
    public void handleNotification(Notification notification, Object handback) {
        if (GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION.equals(notification.getType())) {
            // When full, the recorder has stalled; the loss shows as a gap in the epochs.
            boolean accepted = kept.offer(new Arrival(sink.now(), notification.getUserData()));
            if (accepted) {
                wake.run();
            }
        }
    }

    /** Writes what was reported since the last call; returns the number of records. */
    int drain() {
        List<Arrival> batch = new ArrayList<>();
        kept.drainTo(batch);
        long completed = epoch.getAsLong();
        for (int i = 0; i < batch.size(); i++) {
            Arrival arrival = batch.get(i);
            GarbageCollectionNotificationInfo info =
                    GarbageCollectionNotificationInfo.from((CompositeData) arrival.userData);
            long ended = TimeUnit.MILLISECONDS.toNanos(info.getGcInfo().getEndTime());
            fromBeanTimeNanos = Math.min(fromBeanTimeNanos, arrival.nanos - ended);
            // Those behind it in the batch ended later.
            put(info, Math.max(0, completed - (batch.size() - 1 - i)));
        }
        return batch.size();
    }

    /** Bytes that Eden held when the collections reported since the last call began: the largest of them. */
    long takeEdenBeforeBytes() {
        long taken = edenBeforeBytes;
        edenBeforeBytes = 0;
        return taken;
    }

    private void put(GarbageCollectionNotificationInfo info, long collectionEpoch) {
        GcInfo gc = info.getGcInfo();
        long began = Math.max(0, fromBeanTimeNanos + TimeUnit.MILLISECONDS.toNanos(gc.getStartTime()));
        PoolUse before = PoolUse.of(gc.getMemoryUsageBeforeGc());
        PoolUse after = PoolUse.of(gc.getMemoryUsageAfterGc());
        GarbageCollection.Type type = CollectionKinds.type(info.getGcName(), info.getGcAction());
        boolean requested = type == GarbageCollection.Type.YOUNG && requests.covers(sink.startNanos() + began);
        if (type != GarbageCollection.Type.OTHER) {
            edenBeforeBytes = Math.max(edenBeforeBytes, before.eden);
        }
        sink.put(new GarbageCollection(
                began,
                TimeUnit.MILLISECONDS.toNanos(Math.max(0, gc.getDuration())),
                collectionEpoch,
                type,
                info.getGcName(),
                info.getGcAction(),
                info.getGcCause(),
                requested,
                before.eden,
                before.survivor,
                after.survivor,
                before.old,
                after.old));
    }

    @Override
    public void close() {
        for (NotificationEmitter emitter : emitters) {
            try {
                emitter.removeNotificationListener(this);
            } catch (ListenerNotFoundException e) {
                // Then it is gone, which is what was wanted.
            }
        }
        emitters.clear();
    }

    /**
     * A notification as it came.
     *
     * @param nanos nanoseconds since the recording started
     */
    private record Arrival(long nanos, Object userData) {}

    /** Bytes in use by kind of pool. */
    private record PoolUse(long eden, long survivor, long old) {

        static PoolUse of(Map<String, MemoryUsage> pools) {
            long eden = 0;
            long survivor = 0;
            long old = 0;
            for (Map.Entry<String, MemoryUsage> pool : pools.entrySet()) {
                long used = Math.max(0, pool.getValue().getUsed());
                switch (CollectionKinds.pool(pool.getKey())) {
                    case EDEN -> eden += used;
                    case SURVIVOR -> survivor += used;
                    case OLD -> old += used;
                    case NOT_HEAP -> {}
                }
            }
            return new PoolUse(eden, survivor, old);
        }
    }
}
