package dev.godwit.hint;

/**
 * An open section in which a pause would hurt. All open sections of one name share one object, so that opening one
 * allocates nothing; hence each must be closed exactly once. It may be closed by another thread than opened it.
 */
public final class CriticalSection implements AutoCloseable {
    /** Without the agent, and for sections opened before the agent was there. */
    private static final CriticalSection UNSEEN = new CriticalSection(0);

    /** One per slot, made when first asked for; racing threads may make two, which are alike. */
    private static volatile CriticalSection[] seen = new CriticalSection[0];

    private final int slot;

    private CriticalSection(int slot) {
        this.slot = slot;
    }

    static CriticalSection at(int slot) {
        if (slot <= 0) {
            return UNSEEN;
        }
        CriticalSection[] known = seen;
        CriticalSection section = slot < known.length ? known[slot] : null;
        return section != null ? section : make(slot);
    }

    private static synchronized CriticalSection make(int slot) {
        CriticalSection[] grown = new CriticalSection[Math.max(slot + 1, seen.length)];
        System.arraycopy(seen, 0, grown, 0, seen.length);
        if (grown[slot] == null) {
            grown[slot] = new CriticalSection(slot);
        }
        seen = grown;
        return grown[slot];
    }

    /** Closes the section; throws nothing. */
    @Override
    public void close() {
        if (slot != 0) {
            closed(slot);
        }
    }

    /** The agent puts its code in here. */
    @SuppressWarnings("unused")
    private static void closed(int slot) {}
}
