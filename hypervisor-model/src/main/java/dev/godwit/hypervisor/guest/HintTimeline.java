package dev.godwit.hypervisor.guest;

import dev.godwit.trace.HintEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongUnaryOperator;

/**
 * The critical sections of a trace, one by one; {@link SignalTimeline} tells which are open at a moment.
 *
 * <p>A section that was open when a recording began or ended is open from its beginning, or up to its end. Sections that were
 * too brief for the recorder are known by their number and their time in all: they are laid evenly over the interval in which
 * they were counted, which is modelled, not recorded.
 */
public final class HintTimeline {
    private static final int MOST_BRIEF_OF_ONE_RECORD = 256;

    /** In the order of their beginnings. */
    private final List<Section> sections;

    /**
     * A critical section.
     *
     * @param fromNanos trace time at which it opened
     * @param toNanos when it closed, later
     * @param name as the application called it
     * @param brief true if only its number and length are known
     */
    public record Section(long fromNanos, long toNanos, String name, boolean brief) {
        public long nanos() {
            return toNanos - fromNanos;
        }
    }

    private HintTimeline(List<Section> sections) {
        this.sections = sections;
    }

    /**
     * Puts events in order.
     *
     * @param events in any order
     * @param endNanos end of the trace
     * @param endOfInterval end of the interval that a moment lies in
     */
    static HintTimeline of(List<HintEvent> events, long endNanos, LongUnaryOperator endOfInterval) {
        List<Section> sections = new ArrayList<>();
        Set<String> closed = new HashSet<>();
        for (HintEvent event : events) {
            switch (event.type()) {
                case CRITICAL_CLOSE -> {
                    long from = Math.max(0, event.timeNanos() - event.durationNanos());
                    closed.add(from + " " + event.name());
                    add(sections, from, event.timeNanos(), event.name(), false);
                }
                case CRITICAL_BRIEF -> addBrief(sections, event, endOfInterval.applyAsLong(event.timeNanos()));
                default -> {
                    // An opening is looked at below, the others say nothing of a stretch of time.
                }
            }
        }
        for (HintEvent event : events) {
            boolean neverClosed = event.type() == HintEvent.Type.CRITICAL_OPEN
                    && !closed.contains(event.timeNanos() + " " + event.name());
            if (neverClosed) {
                add(sections, event.timeNanos(), endNanos, event.name(), false);
            }
        }
        sections.sort(Comparator.comparingLong(Section::fromNanos)
                .thenComparingLong(Section::toNanos)
                .thenComparing(Section::name));
        return new HintTimeline(List.copyOf(sections));
    }

    private static void add(List<Section> sections, long from, long to, String name, boolean brief) {
        if (to > from) {
            sections.add(new Section(from, to, name, brief));
        }
    }

    private static void addBrief(List<Section> sections, HintEvent event, long endNanos) {
        long window = endNanos - event.timeNanos();
        int count = (int) Math.min(event.count(), MOST_BRIEF_OF_ONE_RECORD);
        long nanos = Math.min(event.durationNanos(), window) / count;
        for (int i = 0; i < count; i++) {
            long from = event.timeNanos() + window / count * i;
            add(sections, from, from + nanos, event.name(), true);
        }
    }

    /** All sections, in the order of their beginnings. */
    public List<Section> sections() {
        return sections;
    }

    /** The longest section; 0 if there is none. */
    public long longestNanos() {
        return sections.stream().mapToLong(Section::nanos).max().orElse(0);
    }

    /** For how long of a stretch of time at least one section is open. */
    public long criticalNanos(long fromNanos, long toNanos) {
        long critical = 0;
        long until = fromNanos;
        for (Section section : sections) {
            long from = Math.max(until, section.fromNanos());
            long to = Math.min(toNanos, section.toNanos());
            if (to > from) {
                critical += to - from;
                until = to;
            }
        }
        return critical;
    }
}
