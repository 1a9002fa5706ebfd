package dev.godwit.agent.hint;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.CompilationMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.lang.management.RuntimeMXBean;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What the JVM's management beans tell. They are read directly: no MBean server is made. */
final class ManagementSignals {
    private final Supplier<OptionalLong> epoch;
    private final RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
    private final CollectionClock clock =
            CollectionClock.of(runtime::getUptime, System::currentTimeMillis, runtime.getStartTime());
    private final CompilationMXBean compilation = ManagementFactory.getCompilationMXBean();
    private final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    private final List<MemoryPoolMXBean> edens = new ArrayList<>();
    private final List<MemoryPoolMXBean> codeCaches = new ArrayList<>();
    private final Allocation allocation = new Allocation();

    private long edenUsedBytes;
    private long edenCapacityBytes;
    private long collections;
    private long beanCollections = -1;
    private long lastEndMillis;
    private long sinceCollectionMillis;

    ManagementSignals(Supplier<OptionalLong> epoch) {
        this.epoch = epoch;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            String name = pool.getName();
            if (name.contains("Eden")) {
                edens.add(pool);
            } else if (name.startsWith("CodeHeap") || name.startsWith("CodeCache") || name.startsWith("Code Cache")) {
                codeCaches.add(pool);
            }
        }
    }

    void read() {
        edenUsedBytes = 0;
        edenCapacityBytes = 0;
        for (MemoryPoolMXBean eden : edens) {
            MemoryUsage usage = eden.getUsage();
            edenUsedBytes += Math.max(0, usage.getUsed());
            // What is committed to it: with G1 as many regions as it may fill until the next young collection.
            edenCapacityBytes += Math.max(0, usage.getCommitted());
        }
        long counted = 0;
        for (GarbageCollectorMXBean collector : collectors) {
            counted += Math.max(0, collector.getCollectionCount());
        }
        if (counted != beanCollections) {
            beanCollections = counted;
            lastEndMillis = lastEnd();
        }
        // After the collection's end is read: an uptime from before it would make the clocks seem nearer than they are.
        sinceCollectionMillis = clock.sinceMillis(runtime.getUptime(), lastEndMillis);
        collections = epoch.get().orElse(counted);
        allocation.read();
    }

    private long lastEnd() {
        long last = 0;
        for (GarbageCollectorMXBean collector : collectors) {
            if (collector instanceof com.sun.management.GarbageCollectorMXBean bean && bean.getLastGcInfo() != null) {
                last = Math.max(last, bean.getLastGcInfo().getEndTime());
            }
        }
        return last;
    }

    long edenUsedBytes() {
        return edenUsedBytes;
    }

    long edenCapacityBytes() {
        return edenCapacityBytes;
    }

    long allocatedBytes() {
        return allocation.bytes;
    }

    long collections() {
        return collections;
    }

    /** Exact to some milliseconds. */
    long sinceCollectionNanos() {
        return TimeUnit.MILLISECONDS.toNanos(sinceCollectionMillis);
    }

    long compilationNanos() {
        boolean told = compilation != null && compilation.isCompilationTimeMonitoringSupported();
        return told ? TimeUnit.MILLISECONDS.toNanos(compilation.getTotalCompilationTime()) : 0;
    }

    long codeCacheUsedBytes() {
        long used = 0;
        for (MemoryPoolMXBean codeCache : codeCaches) {
            used += Math.max(0, codeCache.getUsage().getUsed());
        }
        return used;
    }

    /**
     * Bytes allocated since the JVM started. JDK 21 and later tell; before, it is what the threads that live tell, and of those
     * that ended what they had told when last asked.
     */
    private static final class Allocation {
        private final com.sun.management.ThreadMXBean threads =
                ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean bean ? bean : null;
        private final MethodHandle total = total();
        private Map<Long, Long> told = new HashMap<>();
        private long bytes;

        private static MethodHandle total() {
            try {
                return MethodHandles.publicLookup()
                        .findVirtual(
                                com.sun.management.ThreadMXBean.class,
                                "getTotalThreadAllocatedBytes",
                                MethodType.methodType(long.class));
            } catch (ReflectiveOperationException e) {
                return null;
            }
        }

        void read() {
            if (threads == null || !threads.isThreadAllocatedMemorySupported()) {
                return;
            }
            bytes = Math.max(bytes, total == null ? sum() : readTotal());
        }

        private long readTotal() {
            try {
                return (long) total.invoke(threads);
            } catch (Throwable e) {
                return bytes;
            }
        }

        private long sum() {
            long[] ids = threads.getAllThreadIds();
            long[] allocated = threads.getThreadAllocatedBytes(ids);
            Map<Long, Long> now = new HashMap<>(2 * ids.length);
            long sum = bytes;
            for (int i = 0; i < ids.length; i++) {
                long value = Math.max(0, allocated[i]);
                sum += Math.max(0, value - told.getOrDefault(ids[i], 0L));
                now.put(ids[i], value);
            }
            told = now;
            return sum;
        }
    }
}
