package dev.godwit.agent;

import dev.godwit.agent.advice.AutomaticHint;
import dev.godwit.agent.manage.Jmx;
import dev.godwit.agent.record.RecordingPlan;
import dev.godwit.trace.TraceWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What the agent is asked to do.
 *
 * <p>Options are given as {@code key=value} pairs, separated by {@code ;}, behind {@code -javaagent:godwit-agent.jar=}
 * or when attaching. Each can also be a system property {@code godwit.KEY} or an environment variable
 * {@code GODWIT_KEY}, in capitals and with {@code _} for {@code -}. Arguments win over properties, properties over the
 * environment.
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>Key</th><th>Value</th><th>Default</th><th>Meaning</th></tr>
 * <tr><td>{@code output}</td><td>directory</td><td>none</td>
 *     <td>record into this new or empty directory; without it the agent stays idle</td></tr>
 * <tr><td>{@code duration}</td><td>such as {@code 20s}</td><td>none</td>
 *     <td>record so long; without it until the program ends</td></tr>
 * <tr><td>{@code interval}</td><td>{@code 10ms} to {@code 1h}</td><td>{@code 500ms}</td>
 *     <td>time between two scans for written pages</td></tr>
 * <tr><td>{@code eden}</td><td>{@code track}, {@code skip}</td><td>{@code skip}</td>
 *     <td>{@code skip}: derive Eden's written pages from how far it was filled in the interval, instead of
 *     tracking them; costs the program less</td></tr>
 * <tr><td>{@code sample}</td><td>{@code on}, {@code off}</td><td>{@code on}</td>
 *     <td>compress a sample of pages now and then, so that a migration's compression can be modelled</td></tr>
 * <tr><td>{@code collect}</td><td>{@code off}, {@code now}, or a time such as {@code 5s}</td><td>{@code off}</td>
 *     <td>force a young collection, once or each time it has passed</td></tr>
 * <tr><td>{@code max-size}</td><td>such as {@code 2GiB}, at least {@code 1MiB}</td><td>{@code 2GiB}</td>
 *     <td>largest size of the trace on disk</td></tr>
 * <tr><td>{@code end-limit}</td><td>{@code 10ms} to {@code 1h}</td><td>{@code 2s}</td>
 *     <td>a program that ends waits at most so long for the end of its trace, which is else cut off</td></tr>
 * <tr><td>{@code jdbc-hints}</td><td>{@code on}, {@code off}</td><td>{@code on}</td>
 *     <td>take database transactions for critical sections</td></tr>
 * <tr><td>{@code servlet-hints}</td><td>{@code on}, {@code off}</td><td>{@code on}</td>
 *     <td>take requests in servlet containers for critical sections</td></tr>
 * <tr><td>{@code async-servlet-hints}</td><td>{@code on}, {@code off}</td><td>{@code on}</td>
 *     <td>and with them what goes on asynchronously, for ten seconds at the most</td></tr>
 * <tr><td>{@code http-server-hints}</td><td>{@code on}, {@code off}</td><td>{@code on}</td>
 *     <td>take exchanges of the JDK's own web server for critical sections</td></tr>
 * <tr><td>{@code executor-hints}</td><td>{@code on}, {@code off}</td><td>{@code on}</td>
 *     <td>say that the program is busy while tasks of executors are in progress</td></tr>
 * <tr><td>{@code jfr}</td><td>{@code on}, {@code off}</td><td>{@code on}</td>
 *     <td>make events {@code dev.godwit.*} while Java Flight Recorder is in use; it is never brought up</td></tr>
 * <tr><td>{@code jmx}</td><td>{@code auto}, {@code on}, {@code off}</td><td>{@code auto}</td>
 *     <td>register the bean {@code dev.godwit:type=Migration}: once there is an MBean server, or at once</td></tr>
 * <tr><td>{@code verbose}</td><td>{@code true}, {@code false}</td><td>{@code false}</td>
 *     <td>print what the agent does to standard error</td></tr>
 * <tr><td>{@code control}</td><td>path</td><td>none</td>
 *     <td>connect to the controller that listens on this Unix domain socket; argument only</td></tr>
 * <tr><td>{@code stop}</td><td>{@code true}, {@code false}</td><td>{@code false}</td>
 *     <td>when attaching: end the recording that is running; argument only</td></tr>
 * </table>
 *
 * @param output where to record; empty for an idle agent
 * @param duration for how long; empty until the program ends
 * @param interval time between two scans for written pages
 * @param edenTracked whether Eden's pages are tracked
 * @param sample whether page contents are sampled
 * @param collect forced young collections
 * @param maxSizeBytes largest size of the trace
 * @param endLimit how long a program that ends may have to wait for the end of its trace
 * @param automaticHints what is recognised without the hint API
 * @param jfr whether events are made for Flight Recorder
 * @param jmx when the management bean is registered
 * @param verbose whether to print to standard error
 * @param control socket of a controller to connect to; empty for none
 * @param stop whether to end the running recording
 */
record AgentOptions(
        Optional<Path> output,
        Optional<Duration> duration,
        Duration interval,
        boolean edenTracked,
        boolean sample,
        Collect collect,
        long maxSizeBytes,
        Duration endLimit,
        Set<AutomaticHint> automaticHints,
        boolean jfr,
        Jmx jmx,
        boolean verbose,
        Optional<Path> control,
        boolean stop) {

    private static final Map<String, String> DEFAULTS = defaults();
    private static final Duration LEAST_INTERVAL = Duration.ofMillis(10);
    private static final Duration MOST_INTERVAL = Duration.ofHours(1);
    private static final Duration MOST_DURATION = Duration.ofDays(365);

    /**
     * Forced young collections.
     *
     * @param atStart one as soon as the recording runs
     * @param period and one each time this has passed; empty for none
     */
    record Collect(boolean atStart, Optional<Duration> period) {}

    private static Map<String, String> defaults() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("output", "");
        map.put("duration", "");
        map.put("interval", "500ms");
        map.put("eden", "skip");
        map.put("sample", "on");
        map.put("collect", "off");
        map.put("max-size", "2GiB");
        map.put("end-limit", "2s");
        for (AutomaticHint hint : AutomaticHint.values()) {
            map.put(key(hint), "on");
        }
        map.put("jfr", "on");
        map.put("jmx", "auto");
        map.put("verbose", "false");
        map.put("control", "");
        map.put("stop", "false");
        return map;
    }

    /**
     * Reads the options.
     *
     * @param arguments {@code key=value;key=value}, may be empty
     * @param property system properties
     * @param environment environment variables
     * @throws IllegalArgumentException one line: which key, which value, what is allowed
     */
    static AgentOptions parse(
            String arguments, Function<String, String> property, Function<String, String> environment) {
        Map<String, String> values = new LinkedHashMap<>();
        DEFAULTS.forEach((key, byDefault) -> values.put(key, inherited(key, byDefault, property, environment)));
        for (String pair : arguments.split(";", -1)) {
            if (!pair.isBlank()) {
                putPair(values, pair.strip());
            }
        }
        return of(values);
    }

    /** The recording that is asked for; only if there is an output. */
    RecordingPlan plan() {
        return new RecordingPlan(
                output.orElseThrow().toAbsolutePath(),
                duration,
                interval,
                edenTracked,
                sample,
                collect.atStart(),
                collect.period(),
                maxSizeBytes);
    }

    private static String inherited(
            String key, String byDefault, Function<String, String> property, Function<String, String> environment) {
        if (key.equals("stop") || key.equals("control")) {
            return byDefault;
        }
        String given = property.apply("godwit." + key);
        if (given == null) {
            given = environment.apply("GODWIT_" + key.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
        return given == null ? byDefault : given.strip();
    }

    private static void putPair(Map<String, String> values, String pair) {
        int equals = pair.indexOf('=');
        String key = equals < 0 ? pair : pair.substring(0, equals).strip();
        if (equals < 0 || !values.containsKey(key)) {
            throw new IllegalArgumentException("agent option '" + pair + "' is not known: use KEY=VALUE;KEY=VALUE with "
                    + String.join(", ", values.keySet()));
        }
        values.put(key, pair.substring(equals + 1).strip());
    }

    private static AgentOptions of(Map<String, String> values) {
        return new AgentOptions(
                path("output", "a directory", values),
                values.get("duration").isEmpty()
                        ? Optional.empty()
                        : Optional.of(duration("duration", values, LEAST_INTERVAL, MOST_DURATION)),
                duration("interval", values, LEAST_INTERVAL, MOST_INTERVAL),
                choice("eden", values, "track", "skip"),
                choice("sample", values, "on", "off"),
                collect(values),
                size(values),
                duration("end-limit", values, LEAST_INTERVAL, MOST_INTERVAL),
                automaticHints(values),
                choice("jfr", values, "on", "off"),
                jmx(values),
                choice("verbose", values, "true", "false"),
                path("control", "the path of a socket", values),
                choice("stop", values, "true", "false"));
    }

    private static Optional<Path> path(String key, String expected, Map<String, String> values) {
        String text = values.get(key);
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            throw bad(key, text, expected);
        }
    }

    private static Set<AutomaticHint> automaticHints(Map<String, String> values) {
        Set<AutomaticHint> on = EnumSet.noneOf(AutomaticHint.class);
        for (AutomaticHint hint : AutomaticHint.values()) {
            if (choice(key(hint), values, "on", "off")) {
                on.add(hint);
            }
        }
        return on;
    }

    private static String key(AutomaticHint hint) {
        return hint.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-hints";
    }

    private static boolean choice(String key, Map<String, String> values, String yes, String no) {
        String value = values.get(key);
        if (!value.equals(yes) && !value.equals(no)) {
            throw bad(key, value, yes + " or " + no);
        }
        return value.equals(yes);
    }

    private static Jmx jmx(Map<String, String> values) {
        return switch (values.get("jmx")) {
            case "auto" -> Jmx.AUTO;
            case "on" -> Jmx.ON;
            case "off" -> Jmx.OFF;
            default -> throw bad("jmx", values.get("jmx"), "auto, on or off");
        };
    }

    private static Collect collect(Map<String, String> values) {
        return switch (values.get("collect")) {
            case "off" -> new Collect(false, Optional.empty());
            case "now" -> new Collect(true, Optional.empty());
            default ->
                new Collect(false, Optional.of(duration("collect", values, Duration.ofMillis(100), MOST_DURATION)));
        };
    }

    private static Duration duration(String key, Map<String, String> values, Duration least, Duration most) {
        String text = values.get(key);
        String expected = "a time such as 500ms, 20s, 5m or 1h, from " + text(least) + " to " + text(most);
        int digits = digits(text);
        long number = number(text, digits, key, expected);
        Duration duration = switch (text.substring(digits).strip()) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m", "min" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> throw bad(key, text, expected);
        };
        if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
            throw bad(key, text, expected);
        }
        return duration;
    }

    private static String text(Duration duration) {
        return duration.toSeconds() == 0 ? duration.toMillis() + "ms" : duration.toHours() + "h";
    }

    private static long size(Map<String, String> values) {
        String text = values.get("max-size");
        String expected = "a size such as 512MiB or 2GiB, at least 1MiB";
        int digits = digits(text);
        long number = number(text, digits, "max-size", expected);
        int shift = switch (text.substring(digits).strip()) {
            case "", "B" -> 0;
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            case "TiB" -> 40;
            default -> throw bad("max-size", text, expected);
        };
        if (number << shift < TraceWriter.MIN_BYTES || number << shift >> shift != number) {
            throw bad("max-size", text, expected);
        }
        return number << shift;
    }

    private static int digits(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        return digits;
    }

    private static long number(String text, int digits, String key, String expected) {
        if (digits == 0 || digits > 12) {
            throw bad(key, text, expected);
        }
        return Long.parseLong(text.substring(0, digits));
    }

    private static IllegalArgumentException bad(String key, String value, String expected) {
        return new IllegalArgumentException("agent option " + key + "=" + value + " is refused: give " + expected);
    }
}
