package dev.godwit.hypervisor.guest;

import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.HintEvent;
import dev.godwit.trace.JvmSignals;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What could have been asked of a recorded JVM at any moment. A trace has a sample per interval, and between two of them the
 * events that changed it:
 *
 * <ul>
 *   <li>critical sections and windows are taken from the hints, which are exact to one reading of the agent (5 ms);
 *   <li>sections too brief for events of their own were recorded as how many there were and how long in all: they are laid out
 *       evenly over their interval, which is modelled, not recorded;
 *   <li>Eden fills, and sums rise, evenly between two samples; a collection empties Eden.
 * </ul>
 */
final class SignalTimeline {
    private final List<JvmSignals> samples;
    private final List<GarbageCollection> collections;
    private final Spans critical;
    private final Spans quiet;
    private final Spans busy;
    private final Map<String, List<HintEvent>> briefs = new LinkedHashMap<>();
    private final long intervalNanos;
    private final boolean empty;

    SignalTimeline(
            List<JvmSignals> samples, List<HintEvent> hints, List<GarbageCollection> collections, long intervalNanos) {
        this.samples = List.copyOf(samples);
        this.collections = collections;
        this.intervalNanos = Math.max(1, intervalNanos);
        empty = samples.isEmpty() && hints.isEmpty();
        critical = new Spans(sections(hints));
        quiet = new Spans(windows(hints, HintEvent.Type.QUIET));
        busy = new Spans(windows(hints, HintEvent.Type.BUSY));
        for (HintEvent hint : hints) {
            if (hint.type() == HintEvent.Type.CRITICAL_BRIEF) {
                briefs.computeIfAbsent(hint.name(), name -> new ArrayList<>()).add(hint);
            }
        }
        briefs.values().forEach(events -> events.sort(Comparator.comparingLong(HintEvent::timeNanos)));
    }

    /**
     * What held at a moment; empty if nothing was recorded that could tell.
     *
     * @param epoch collections at that moment
     */
    Optional<JvmSignals> at(long nanos, long epoch) {
        if (empty) {
            return Optional.empty();
        }
        List<Span> open = openAt(nanos);
        open.sort(Comparator.comparingLong(Span::from).thenComparing(Span::name));
        List<String> names =
                open.stream().map(Span::name).limit(JvmSignals.MAX_NAMES).toList();
        Sampled sampled = sampledAt(nanos);
        return Optional.of(new JvmSignals(
                nanos,
                open.size(),
                open.isEmpty() ? 0 : nanos - open.get(0).from(),
                names,
                remaining(quiet.at(nanos), nanos),
                remaining(busy.at(nanos), nanos),
                sampled.edenUsedBytes,
                sampled.edenCapacityBytes,
                sampled.allocatedBytes,
                epoch,
                sinceCollection(nanos),
                sampled.concurrentCycleRunning,
                sampled.compilationNanos,
                sampled.codeCacheUsedBytes));
    }

    private List<Span> openAt(long nanos) {
        List<Span> open = critical.at(nanos);
        briefs.forEach((name, events) -> {
            int last = Times.lastAtOrBefore(events, nanos);
            if (last >= 0) {
                briefAt(events.get(last), nanos).ifPresent(open::add);
            }
        });
        return open;
    }

    /** The brief section of a record that is open at a moment, if one is. */
    private Optional<Span> briefAt(HintEvent brief, long nanos) {
        long since = nanos - brief.timeNanos();
        if (since >= intervalNanos) {
            return Optional.empty();
        }
        long apart = Math.max(1, intervalNanos / brief.count());
        long open = since % apart;
        long each = brief.durationNanos() / brief.count();
        return open < each
                ? Optional.of(new Span(brief.name(), nanos - open, nanos - open + each, 0))
                : Optional.empty();
    }

    private static long remaining(List<Span> windows, long nanos) {
        return windows.stream()
                .mapToLong(window -> window.expectedEnd - nanos)
                .max()
                .orElse(0);
    }

    private long sinceCollection(long nanos) {
        int last = Times.lastAtOrBefore(collections, nanos);
        while (last >= 0 && end(collections.get(last)) > nanos) {
            last--;
        }
        if (last >= 0) {
            return nanos - end(collections.get(last));
        }
        int sample = Times.lastAtOrBefore(samples, nanos);
        return sample < 0
                ? nanos
                : samples.get(sample).sinceCollectionNanos()
                        + nanos
                        - samples.get(sample).timeNanos();
    }

    private static long end(GarbageCollection collection) {
        return collection.timeNanos() + collection.durationNanos();
    }

    /** Between the last sample and the next. */
    private Sampled sampledAt(long nanos) {
        int last = Times.lastAtOrBefore(samples, nanos);
        if (last < 0) {
            return samples.isEmpty() ? Sampled.NOTHING : Sampled.of(samples.get(0));
        }
        JvmSignals from = samples.get(last);
        if (last + 1 == samples.size()) {
            return Sampled.of(from);
        }
        JvmSignals to = samples.get(last + 1);
        double share = (nanos - from.timeNanos()) / (double) Math.max(1, to.timeNanos() - from.timeNanos());
        long allocated = between(from.allocatedBytes(), to.allocatedBytes(), share);
        long sinceCollection = sinceCollection(nanos);
        boolean collected = sinceCollection < nanos - from.timeNanos();
        double rate = to.allocationBytesPerSecond(from);
        long used = collected
                ? (long) (rate * sinceCollection / 1e9)
                : from.edenUsedBytes() + allocated - from.allocatedBytes();
        return new Sampled(
                Math.max(0, Math.min(used, from.edenCapacityBytes())),
                from.edenCapacityBytes(),
                allocated,
                from.concurrentCycleRunning(),
                between(from.compilationNanos(), to.compilationNanos(), share),
                between(from.codeCacheUsedBytes(), to.codeCacheUsedBytes(), share));
    }

    private static long between(long from, long to, double share) {
        return from + (long) ((to - from) * share);
    }

    private static List<Span> sections(List<HintEvent> hints) {
        Map<String, Long> open = new LinkedHashMap<>();
        List<Span> spans = new ArrayList<>();
        for (HintEvent hint : hints) {
            if (hint.type() == HintEvent.Type.CRITICAL_OPEN) {
                open.putIfAbsent(hint.name(), hint.timeNanos());
            } else if (hint.type() == HintEvent.Type.CRITICAL_CLOSE) {
                Long from = open.remove(hint.name());
                if (from != null) {
                    spans.add(new Span(hint.name(), from, hint.timeNanos(), 0));
                }
            }
        }
        open.forEach((name, from) -> spans.add(new Span(name, from, Long.MAX_VALUE, 0)));
        return spans;
    }

    /** A window ends when it was expected to, or when the application says something else under its name. */
    private static List<Span> windows(List<HintEvent> hints, HintEvent.Type type) {
        Map<String, Span> latest = new HashMap<>();
        List<Span> spans = new ArrayList<>();
        for (HintEvent hint : hints) {
            if (hint.type() == type) {
                Span before = latest.remove(hint.name());
                if (before != null) {
                    spans.add(before.until(hint.timeNanos()));
                }
                long end = hint.timeNanos() + Math.min(hint.durationNanos(), Long.MAX_VALUE - hint.timeNanos());
                latest.put(hint.name(), new Span(hint.name(), hint.timeNanos(), end, end));
            }
        }
        spans.addAll(latest.values());
        return spans;
    }

    /**
     * A stretch of time.
     *
     * @param from its beginning
     * @param to behind its end
     * @param expectedEnd when the application expected it to end; zero for sections
     */
    private record Span(String name, long from, long to, long expectedEnd) {
        Span until(long nanos) {
            return new Span(name, from, Math.min(to, nanos), expectedEnd);
        }
    }

    /** Finds the spans that a moment lies in. */
    private static final class Spans {
        private final List<Span> byBegin;
        /** The latest end of all spans up to an index. */
        private final long[] latestEnd;

        Spans(List<Span> spans) {
            byBegin = new ArrayList<>(spans);
            byBegin.sort(Comparator.comparingLong(Span::from).thenComparing(Span::name));
            latestEnd = new long[byBegin.size()];
            long latest = 0;
            for (int i = 0; i < latestEnd.length; i++) {
                latest = Math.max(latest, byBegin.get(i).to());
                latestEnd[i] = latest;
            }
        }

        List<Span> at(long nanos) {
            List<Span> found = new ArrayList<>();
            for (int i = lastBegun(nanos); i >= 0 && latestEnd[i] > nanos; i--) {
                if (byBegin.get(i).to() > nanos) {
                    found.add(byBegin.get(i));
                }
            }
            return found;
        }

        private int lastBegun(long nanos) {
            int low = 0;
            int high = byBegin.size();
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (byBegin.get(middle).from() <= nanos) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low - 1;
        }
    }

    /** What is sampled only. */
    private record Sampled(
            long edenUsedBytes,
            long edenCapacityBytes,
            long allocatedBytes,
            boolean concurrentCycleRunning,
            long compilationNanos,
            long codeCacheUsedBytes) {

        static final Sampled NOTHING = new Sampled(0, 0, 0, false, 0, 0);

        static Sampled of(JvmSignals sample) {
            return new Sampled(
                    sample.edenUsedBytes(),
                    sample.edenCapacityBytes(),
                    sample.allocatedBytes(),
                    sample.concurrentCycleRunning(),
                    sample.compilationNanos(),
                    sample.codeCacheUsedBytes());
        }
    }
}
