package dev.godwit.hypervisor.advise;

import dev.godwit.hypervisor.migration.rehearse.RehearsedTechnique;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How far replays were from rehearsals of the same programs, of which a trace was recorded just before; by
 * {@code godwit model-errors}.
 *
 * @param cases one at least
 */
public record ModelErrors(List<Case> cases) {
    private static final int FEWEST = 4;
    /** With fewer the 10th and the 90th percentile are the least and the greatest. */
    private static final int FEWEST_WITH_PERCENTILES = 10;

    private static final double LARGEST_IN_PROPORTION = 3;
    private static final double MILLIS_PER_SECOND = 1000;
    private static final double BYTES_PER_MEBIBYTE = 1 << 20;
    private static final int MOST_NAMES = 5;
    private static final int LONGEST_NAME = 100;
    private static final long MOST_BYTES_PER_SECOND = 1_000_000_000_000_000L;

    /**
     * A figure of a rehearsal and of its replay.
     *
     * @param measured positive
     * @param modelled positive
     */
    public record Pair(double measured, double modelled) {

        /**
         * Checks both.
         *
         * @throws IllegalArgumentException if one is not positive
         */
        public Pair {
            if (!(measured > 0 && measured < 1e18 && modelled > 0 && modelled < 1e18)) {
                throw new IllegalArgumentException("measured " + measured + ", modelled " + modelled);
            }
        }

        /** What the modelled figure is to be multiplied with to be right. */
        public double ratio() {
            return measured / modelled;
        }

        /** What a figure of another replay is if that is wrong by the same. */
        private double corrected(double other) {
            return ratio() > LARGEST_IN_PROPORTION ? other + measured - modelled : other * ratio();
        }
    }

    /**
     * One rehearsal, held against its replay.
     *
     * @param program its name, for people
     * @param hints true if the hypervisor was told what the JVM was doing
     */
    public record Case(
            String program,
            RehearsedTechnique technique,
            long bandwidthBytesPerSecond,
            boolean hints,
            Pair totalMillis,
            Pair downtimeMillis,
            Pair stoppedMillis,
            Pair sentBytes) {

        /**
         * Checks name and link.
         *
         * @throws IllegalArgumentException if there is no name that can be shown in a line, or the link carries nothing
         */
        public Case {
            if (program.isBlank() || program.length() > LONGEST_NAME || program.matches(".*[\\p{C}|].*")) {
                throw new IllegalArgumentException("a program needs a name of " + LONGEST_NAME + " letters at most");
            }
            if (bandwidthBytesPerSecond <= 0 || bandwidthBytesPerSecond > MOST_BYTES_PER_SECOND) {
                throw new IllegalArgumentException("link of " + bandwidthBytesPerSecond + " bytes per second");
            }
        }

        private double distance(long otherBytesPerSecond) {
            return Math.abs(Math.log((double) bandwidthBytesPerSecond / otherBytesPerSecond));
        }
    }

    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException if it is empty
     */
    public ModelErrors {
        cases = List.copyOf(cases);
        if (cases.isEmpty()) {
            throw new IllegalArgumentException(
                    "no rehearsal to take errors from: give one line at least, " + ModelErrorsFile.FORM);
        }
    }

    /**
     * Those that are most like a migration: first of its technique, or of what {@linkplain RelatedTechniques is most like it}; of
     * these, those over the link that is nearest to its own on a scale of powers; of these, those with as many hints. A step that
     * would leave fewer than four, too few to say anything, takes what comes next beside it.
     *
     * <p>The technique comes first because it decides what there is to be wrong about: what is sent again, or what is waited for.
     *
     * @param technique its name, hints left out, as {@link dev.godwit.hypervisor.migration.compare.Technique#name} has it
     */
    public ModelErrors near(String technique, long bandwidthBytesPerSecond, boolean hints) {
        List<RehearsedTechnique> related = RelatedTechniques.of(technique);
        List<Case> sameTechnique = nearest(cases, each -> related.indexOf(each.technique()));
        List<Case> sameLink = nearest(sameTechnique, each -> each.distance(bandwidthBytesPerSecond));
        return new ModelErrors(nearest(sameLink, each -> each.hints() == hints ? 0 : 1));
    }

    /** Those no farther than the one that is needed to have enough, or all. */
    private static List<Case> nearest(List<Case> from, ToDoubleFunction<Case> distance) {
        double farthest =
                from.stream().mapToDouble(distance).sorted().limit(FEWEST).max().orElseThrow();
        return from.stream()
                .filter(each -> distance.applyAsDouble(each) <= farthest)
                .toList();
    }

    /** What was measured over what was modelled: 10th percentile, median and 90th percentile of all cases. */
    public Band ratio(Function<Case, Pair> figure) {
        return Band.of(
                cases.stream().mapToDouble(each -> figure.apply(each).ratio()).toArray());
    }

    /**
     * Bands that depend on the moment, made wider by what the model was wrong by in four of five rehearsals.
     *
     * <p>An error is taken to grow with the figure, unless more than three times as much was measured as was modelled: then something is
     * there that the model has not, such as messages and a busy processor beside a downtime of a fraction of a millisecond, and what was
     * missing is added as it is.
     */
    Outlook.Figures widen(Outlook.Figures figures) {
        Band downtime = wider(figures.downtimeMillis(), Case::downtimeMillis, 1);
        Band stopped = wider(figures.stoppedMillis(), Case::stoppedMillis, 1);
        return new Outlook.Figures(
                wider(figures.totalSeconds(), Case::totalMillis, MILLIS_PER_SECOND),
                downtime,
                // While the VM runs nowhere, the application stands still too.
                new Band(stopped.low(), stopped.middle(), Math.max(stopped.high(), downtime.high())),
                wider(figures.sentMebibytes(), Case::sentBytes, BYTES_PER_MEBIBYTE));
    }

    /**
     * Such a band grows to the side that the errors have; it never shrinks.
     *
     * @param unit of the band, in that of the cases
     */
    private Band wider(Band band, Function<Case, Pair> figure, double unit) {
        return new Band(
                Math.min(band.low(), corrected(band.low() * unit, figure).low() / unit),
                band.middle(),
                Math.max(band.high(), corrected(band.high() * unit, figure).high() / unit));
    }

    private Band corrected(double modelled, Function<Case, Pair> figure) {
        return Band.of(cases.stream()
                .map(figure)
                .mapToDouble(pair -> pair.corrected(modelled))
                .toArray());
    }

    /**
     * How many of the cases a band holds, what they are, and what of them stands in for what they are wanted for; for people, no
     * full stop.
     *
     * @param technique that they are wanted for, hints left out
     */
    String described(String technique) {
        return (cases.size() < FEWEST_WITH_PERCENTILES ? "each of " : "four of five of ")
                + cases.size()
                + (cases.size() == 1 ? " rehearsal" : " rehearsals")
                + " by "
                + listed(techniques())
                + " of "
                + programs()
                + ", "
                + hints()
                + ", at "
                + links()
                + ", each replayed from a trace of the seconds before it"
                + standIns(technique);
    }

    private Stream<String> techniques() {
        return cases.stream().map(Case::technique).distinct().sorted().map(RehearsedTechnique::label);
    }

    private String programs() {
        List<String> names = cases.stream().map(Case::program).distinct().toList();
        return String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())))
                + (names.size() > MOST_NAMES ? " and " + (names.size() - MOST_NAMES) + " more" : "");
    }

    private String hints() {
        return listed(cases.stream().map(Case::hints).distinct().sorted().map(hints -> hints ? "with" : "without"))
                + " hints";
    }

    private String links() {
        return listed(cases.stream()
                .map(Case::bandwidthBytesPerSecond)
                .distinct()
                .sorted()
                .map(bytes -> gigabits(bytes) + " Gbit/s"));
    }

    private static String gigabits(long bytes) {
        return BigDecimal.valueOf(bytes)
                .multiply(BigDecimal.valueOf(8, 9))
                .round(new MathContext(4))
                .stripTrailingZeros()
                .toPlainString();
    }

    private String standIns(String technique) {
        long own = cases.stream()
                .filter(each -> each.technique().label().equals(technique))
                .count();
        if (own == cases.size()) {
            return "";
        }
        return own == 0
                ? "; they stand in for " + technique + ", which is not among them"
                : "; " + own + " by " + technique + " itself, for which the others stand in too";
    }

    private static String listed(Stream<String> words) {
        return words.collect(Collectors.joining(" and "));
    }
}
