package dev.godwit.benchmarks;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a shop did, and what it used.
 *
 * @param requests answered
 * @param ranNanos by the clock
 * @param usedNanos of the processor, by the kinds of its threads
 */
record Work(long requests, long ranNanos, Map<Kind, Long> usedNanos) {
    static final Work NONE = new Work(0, 0, Map.of());

    /** Whose threads; by their names, of which Linux keeps the first 15 characters. */
    enum Kind {
        /** The load: those who send requests and read the answers. */
        CUSTOMERS("customers-"),
        COMPILERS("C1 ", "C2 "),
        /** Collector, safepoints and what else the JVM does. */
        JVM("G1 ", "GC ", "VM ", "Sweeper", "Monitor", "Common-Cleaner", "Reference", "Finalizer", "Signal"),
        AGENT("godwit-"),
        /** All others. */
        SERVER();

        private final List<String> names;

        Kind(String... names) {
            this.names = List.of(names);
        }

        static Kind of(String thread) {
            for (Kind kind : values()) {
                if (kind.names.stream().anyMatch(thread::startsWith)) {
                    return kind;
                }
            }
            return SERVER;
        }
    }

    /** What is compared, for each request. */
    enum Figure {
        /** Of the processor, by all threads but the compilers'; its inverse is what a saturated processor gets done. */
        ALL("processor time of all threads"),
        /** Of it the shop's own threads, on which what is woven in runs. */
        SERVER("of it the server's threads"),
        /** By the clock: what else the machine does counts as well. */
        CLOCK("time by the clock");

        private final String label;

        Figure(String label) {
            this.label = label;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    Work plus(Work other) {
        Map<Kind, Long> sum = new EnumMap<>(Kind.class);
        sum.putAll(usedNanos);
        other.usedNanos.forEach((kind, nanos) -> sum.merge(kind, nanos, Long::sum));
        return new Work(requests + other.requests, ranNanos + other.ranNanos, sum);
    }

    static Work sum(List<Work> parts) {
        return parts.stream().reduce(NONE, Work::plus);
    }

    double nanosPerRequest(Figure figure) {
        return (double) nanos(figure) / requests;
    }

    private long nanos(Figure figure) {
        return switch (figure) {
            case ALL -> usedNanos.values().stream().mapToLong(Long::longValue).sum() - used(Kind.COMPILERS);
            case SERVER -> used(Kind.SERVER);
            case CLOCK -> ranNanos;
        };
    }

    long used(Kind kind) {
        return usedNanos.getOrDefault(kind, 0L);
    }
}
