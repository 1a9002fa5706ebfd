package dev.godwit.hypervisor.migration.experiment;

import dev.godwit.hypervisor.migration.ProgressListener;
import java.util.List;
import java.util.Optional;

/** Shows one mechanism on a guest made for it. A new one needs a class and a line in {@link #ALL}. */
public interface Experiment {
    /** All there are, in the order in which they are listed. */
    List<Experiment> ALL = List.of(
            new Convergence(),
            new PagingModes(),
            new Announcement(),
            new OfficeDay(),
            new Sharing(),
            new Contention(),
            new Starts(),
            new Collecting());

    /** The experiment with a name; empty if there is none. */
    static Optional<Experiment> named(String name) {
        return ALL.stream().filter(experiment -> experiment.name().equals(name)).findFirst();
    }

    /** What a user types: one word in lower case. */
    String name();

    /** What it answers, one line that ends with a question mark. */
    String question();

    /**
     * Runs it.
     *
     * @param seed of everything that is drawn
     * @param progress is told of the migrations that it is made of
     */
    Findings run(long seed, ProgressListener progress);
}
