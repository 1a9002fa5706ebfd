package dev.godwit.benchmarks;

import dev.godwit.benchmarks.Work.Figure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * One launch of three shops on one processor: two without the agent, one with it. When they are warm they run by turns, in
 * slices so short that all see the same moments of the machine; a block of slices has each shop twice, in random order and
 * then in that order reversed, so that what drifts falls on all alike.
 *
 * @param blocks what each shop did, by {@link #WITHOUT}, {@link #CONTROL} and {@link #WITH}
 */
record Trio(List<List<Work>> blocks) {
    private static final int WITHOUT = 0;
    private static final int CONTROL = 1;
    private static final int WITH = 2;

    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** The first ones behind warm-up, in which each shop gets used to being stopped. */
    private static final int BLOCKS_NOT_COUNTED = 1;

    /**
     * Starts three shops, lets them get warm at the same time and measures.
     *
     * @param agent the JVM's option that loads the agent
     * @param seconds to measure, all three together
     * @param seed of the order of the slices
     */
    static Trio measure(int processor, String agent, int seconds, long seed, Path scratch)
            throws IOException, InterruptedException {
        List<Subject> subjects = new ArrayList<>();
        try {
            for (String option : List.of("", "", agent)) {
                Path count = scratch.resolve("requests-" + seed + "-" + subjects.size());
                subjects.add(Subject.start(processor, option, count));
            }
            for (Subject each : subjects) {
                each.awaitCustomers();
                each.preferCompilers();
            }
            for (Subject each : subjects) {
                each.awaitWarm();
            }
            for (Subject each : subjects) {
                each.stop();
            }
            return new Trio(blocks(subjects, seconds, new Random(seed)));
        } finally {
            for (Subject each : subjects) {
                each.close();
            }
        }
    }

    private static List<List<Work>> blocks(List<Subject> subjects, int seconds, Random random)
            throws IOException, InterruptedException {
        List<Integer> order = new ArrayList<>(List.of(WITHOUT, CONTROL, WITH));
        List<List<Work>> blocks = new ArrayList<>();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (int number = 0; number < BLOCKS_NOT_COUNTED + 1 || System.nanoTime() < until; number++) {
            Work[] block = new Work[subjects.size()];
            Arrays.fill(block, Work.NONE);
            Collections.shuffle(order, random);
            for (int half = 0; half < 2; half++) {
                for (int each : order) {
                    block[each] = block[each].plus(slice(subjects.get(each)));
                }
                Collections.reverse(order);
            }
            if (number >= BLOCKS_NOT_COUNTED) {
                blocks.add(List.of(block));
            }
        }
        return blocks;
    }

    private static Work slice(Subject subject) throws IOException, InterruptedException {
        subject.proceed();
        TimeUnit.NANOSECONDS.sleep(SLICE_NANOS);
        return subject.stop();
    }

    /** For each block the logarithm of how much more the second shop without the agent took than the first. */
    List<Double> control(Figure figure) {
        return blocks.stream()
                .map(block -> logarithm(block, CONTROL, figure) - logarithm(block, WITHOUT, figure))
                .toList();
    }

    /** The same for the shop with the agent and the mean of the two without. */
    List<Double> agent(Figure figure) {
        return blocks.stream()
                .map(block -> logarithm(block, WITH, figure)
                        - (logarithm(block, CONTROL, figure) + logarithm(block, WITHOUT, figure)) / 2)
                .toList();
    }

    private static double logarithm(List<Work> block, int subject, Figure figure) {
        return Math.log(block.get(subject).nanosPerRequest(figure));
    }

    Work withAgent() {
        return Work.sum(blocks.stream().map(block -> block.get(WITH)).toList());
    }

    Work withoutAgent() {
        return Work.sum(blocks.stream()
                .flatMap(block -> block.subList(WITHOUT, WITH).stream())
                .toList());
    }
}
