package dev.godwit.hint;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** The listeners of this copy of the API, weakly held. */
final class Listeners {
    /** Codes of what is told, known to the agent too. */
    static final int PREPARING = 1;

    static final int RESUMED = 2;
    static final int ABORTED = 3;

    private static final int MOST = 1024;

    private static final List<Link> LINKS = new ArrayList<>();

    /** What the agent asks for the listeners; held by this class, weakly by the agent. */
    private static final Supplier<IntConsumer[]> SOURCE = Listeners::alive;

    private Listeners() {}

    static void add(MigrationListener listener) {
        synchronized (LINKS) {
            boolean known = LINKS.stream().anyMatch(link -> link.listener.get() == listener);
            LINKS.removeIf(link -> link.listener.get() == null);
            if (!known && LINKS.size() < MOST) {
                LINKS.add(new Link(listener));
            }
        }
        announce();
    }

    static void remove(MigrationListener listener) {
        synchronized (LINKS) {
            LINKS.removeIf(link -> link.listener.get() == listener || link.listener.get() == null);
        }
    }

    static void announce() {
        MigrationHints.listening(SOURCE);
    }

    /** Those that are still there, in the order in which they were added. */
    static IntConsumer[] alive() {
        synchronized (LINKS) {
            LINKS.removeIf(link -> link.listener.get() == null);
            return LINKS.toArray(IntConsumer[]::new);
        }
    }

    /** One listener, as the agent sees it. */
    private static final class Link implements IntConsumer {
        private final WeakReference<MigrationListener> listener;

        Link(MigrationListener listener) {
            this.listener = new WeakReference<>(listener);
        }

        @Override
        public void accept(int code) {
            MigrationListener called = listener.get();
            if (called == null) {
                return;
            }
            switch (code) {
                case PREPARING -> called.preparing();
                case RESUMED -> called.resumed();
                case ABORTED -> called.aborted();
                default -> {
                    // Said by a newer agent.
                }
            }
        }
    }
}
