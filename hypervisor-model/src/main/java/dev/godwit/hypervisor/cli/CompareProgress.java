package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.ProgressListener;
import me.tongfei.progressbar.ProgressBar;

/** Shows how many migrations are computed, and what was heard of last; nothing when nobody watches. */
abstract class CompareProgress implements AutoCloseable {
    /**
     * Begins to show.
     *
     * @param migrations how many there will be, negative if that is not known
     */
    static CompareProgress start(int migrations) {
        return Terminal.isWatched() ? new Bar(migrations) : new Silent();
    }

    /** Follows one migration, or several one after the other; may be called from several threads, each with its own. */
    abstract ProgressListener listener(Object name);

    @Override
    public abstract void close();

    private static final class Silent extends CompareProgress {
        @Override
        ProgressListener listener(Object name) {
            return ProgressListener.NONE;
        }

        @Override
        public void close() {
            // Nothing was shown.
        }
    }

    private static final class Bar extends CompareProgress {
        private final ProgressBar bar;

        Bar(int migrations) {
            bar = Terminal.bar("migrating", migrations, "");
        }

        @Override
        ProgressListener listener(Object name) {
            return new ProgressListener() {
                private String migration = name.toString();

                @Override
                public void started(String technique, boolean hints) {
                    migration = technique + (hints ? " with hints" : "");
                }

                @Override
                public void progressed(int round, long donePages, long totalPages) {
                    bar.setExtraMessage(
                            migration + ", round " + round + ": " + 100 * donePages / Math.max(1, totalPages) + " %");
                }

                @Override
                public void finished(MigrationResult result) {
                    bar.step();
                }
            };
        }

        @Override
        public void close() {
            bar.close();
        }
    }
}
