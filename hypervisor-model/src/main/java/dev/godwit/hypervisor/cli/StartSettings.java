package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.migration.compare.ComparisonOptions;
import dev.godwit.hypervisor.migration.compare.StartOptions;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** When a compared migration begins. */
final class StartSettings {
    @Option(
            names = "--start",
            paramLabel = "now|policy|at=TIME",
            converter = StartWord.class,
            defaultValue = "now",
            description = {
                "now: half into the trace, and paused as soon as that fits into the downtime",
                "limit; at=TIME: the same, but when the trace is that old; policy: techniques with",
                "hints wait for a good moment to begin, and for one to pause: outside critical",
                "sections, not in a burst, in quiet windows (default: ${DEFAULT-VALUE})."
            })
    private StartWord start;

    @Option(
            names = "--max-wait",
            paramLabel = "TIME",
            converter = Units.Duration.class,
            defaultValue = "30s",
            description = {
                "With --start policy: how long a good moment is waited for at most, before the",
                "migration begins and again before its pause; then it goes on all the same, and",
                "the result says what was hit (default: ${DEFAULT-VALUE})."
            })
    private long maxWaitNanos;

    /** Adds what was asked. */
    ComparisonOptions addTo(ComparisonOptions options) {
        ComparisonOptions with = start.policy ? options.withStart(StartOptions.policy(maxWaitNanos)) : options;
        return start.atNanos < 0 ? with : with.withStartAtNanos(start.atNanos);
    }

    /** What was asked for. */
    static final class StartWord implements ITypeConverter<StartWord> {
        private static final String AT = "at=";

        private final boolean policy;
        private final long atNanos;

        /** For picocli. */
        StartWord() {
            this(false, -1);
        }

        private StartWord(boolean policy, long atNanos) {
            this.policy = policy;
            this.atNanos = atNanos;
        }

        @Override
        public StartWord convert(String value) {
            if (value.equals("now")) {
                return new StartWord(false, -1);
            }
            if (value.equals("policy")) {
                return new StartWord(true, -1);
            }
            if (!value.startsWith(AT)) {
                throw new TypeConversionException(
                        "\"" + value + "\" is no start: give now, policy, or a moment of the trace such as at=12s");
            }
            try {
                return new StartWord(false, Units.nanos(value.substring(AT.length())));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
