package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.migration.ProgressListener;
import me.tongfei.progressbar.ProgressBar;

/** Shows which migration is computed and how far its round is; nothing when nobody watches. */
abstract class CompareProgress implements ProgressListener, AutoCloseable {
    static CompareProgress start() {
        return Terminal.isWatched() ? new Bar() : new Silent();
    }

    @Override
    public abstract void close();

    private static final class Silent extends CompareProgress {
        @Override
        public void close() {
            // Nothing was shown.
        }
    }

    private static final class Bar extends CompareProgress {
        private final ProgressBar bar = Terminal.bar("migrating", -1, " pages");
        private String migration = "";

        @Override
        public void started(String technique, boolean hints) {
            migration = technique + (hints ? " with hints" : "");
        }

        @Override
        public void progressed(int round, long donePages, long totalPages) {
            bar.maxHint(totalPages);
            bar.stepTo(donePages);
            bar.setExtraMessage(migration + ", round " + round);
        }

        @Override
        public void close() {
            bar.close();
        }
    }
}
