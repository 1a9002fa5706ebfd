/**
 * The same recorded run migrated by each technique, in virtual time.
 *
 * <pre>{@code
 * RecordedRun run = RecordedRun.load(directory);               // UnusableTraceException, TraceFormatException
 * ComparisonOptions options = ComparisonOptions.defaults()
 *         .withBandwidthBytesPerSecond(125_000_000)            // 1 Gbit/s
 *         .withMemoryBytes(4L << 30)
 *         .withSeed(1);
 * Comparison comparison = Comparison.run(
 *         run, options, Technique.ALL, technique -> ProgressListener.NONE, new CancelToken());
 * comparison.results();                                        // one for each technique
 * comparison.verified();                                       // false: a defect of the model, not of the trace
 * }</pre>
 *
 * <p>Each migration is single-threaded and deterministic, several run at a time: same run, options and seed, same results. {@code report.ComparisonReport} makes
 * JSON and a table of them.
 *
 * <p>{@code Prediction} is the replay of a rehearsal. {@code RehearsingMachine} is what was known of its machine before it began, {@code
 * WeighedPages} adds up what pages ask of it, and {@code RehearsedLink} lets pass the time that follows from both.
 */
package dev.godwit.hypervisor.migration.compare;
