package dev.godwit.bootstrap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What was said under one name. Application threads count here, the recorder reads; nobody waits for anybody. How many sections
 * there were and are is one number, which {@link SectionCounts} keeps:
 *
 * <pre>
 *              63            24 23          0
 *             +----------------+-------------+
 *             | opened so far  | open now    |
 *             +----------------+-------------+
 * </pre>
 */
public final class HintSlot {
    private static final int OPEN_NOW_BITS = 24;
    private static final long OPEN_NOW_MASK = (1L << OPEN_NOW_BITS) - 1;
    private static final long OPENED = (1L << OPEN_NOW_BITS) + 1;

    private static final VarHandle OPENED_AT;
    private static final VarHandle OPENER;
    private static final VarHandle SAFE_POINTS;
    private static final VarHandle QUIETS;
    private static final VarHandle BUSIES;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            OPENED_AT = lookup.findVarHandle(HintSlot.class, "openedAt", long.class);
            OPENER = lookup.findVarHandle(HintSlot.class, "opener", String.class);
            SAFE_POINTS = lookup.findVarHandle(HintSlot.class, "safePoints", long.class);
            QUIETS = lookup.findVarHandle(HintSlot.class, "quiets", long.class);
            BUSIES = lookup.findVarHandle(HintSlot.class, "busies", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int number;
    private final String name;

    @SuppressWarnings("unused") // Read through its VarHandle.
    private long openedAt;

    @SuppressWarnings("unused") // Read through its VarHandle.
    private String opener = "";

    private volatile long safePoints;
    private volatile long quiets;
    private volatile long quietNanos;
    private volatile long quietSaidAt;
    private volatile long busies;
    private volatile long busyNanos;
    private volatile long busySaidAt;

    /** Keep two names that two threads use off one cache line. */
    @SuppressWarnings({"unused", "MultiVariableDeclaration"})
    private long padding0, padding1, padding2, padding3, padding4, padding5, padding6;

    HintSlot(int number, String name) {
        this.number = number;
        this.name = name;
    }

    void open(long readAt) {
        long before = SectionCounts.getAndAdd(number, OPENED);
        if ((before & OPEN_NOW_MASK) == 0) {
            // Release, not volatile: a full fence would cost as much as all the rest, and the recorder, which may
            // read the values of the section before for a moment, puts that right at its next reading.
            OPENER.setRelease(this, Thread.currentThread().getName());
            OPENED_AT.setRelease(this, readAt);
        }
    }

    void close() {
        long now = sections();
        while ((now & OPEN_NOW_MASK) != 0 && !SectionCounts.compareAndSet(number, now, now - 1)) {
            now = sections();
        }
    }

    void safePoint() {
        SAFE_POINTS.getAndAdd(this, 1L);
    }

    /** Windows are few: the clock is read here. */
    void quiet(long expectedNanos) {
        quietSaidAt = System.nanoTime();
        quietNanos = expectedNanos;
        QUIETS.getAndAdd(this, 1L);
    }

    void busy(long expectedNanos) {
        busySaidAt = System.nanoTime();
        busyNanos = expectedNanos;
        BUSIES.getAndAdd(this, 1L);
    }

    /** Number of the slot, at least one. */
    public int number() {
        return number;
    }

    /** The name, cut and free of control characters. */
    public String name() {
        return name;
    }

    /** The counts of sections as one value, for {@link #opened(long)} and {@link #openNow(long)}. */
    public long sections() {
        return SectionCounts.get(number);
    }

    /** How many sections were opened so far. */
    public static long opened(long sections) {
        return sections >>> OPEN_NOW_BITS;
    }

    /** How many sections are open. */
    public static long openNow(long sections) {
        return sections & OPEN_NOW_MASK;
    }

    /** {@link HintBridge#readAt()} at the moment when the name was last opened while none of its sections was open. */
    public long openedAt() {
        return (long) OPENED_AT.getAcquire(this);
    }

    /** Name of the thread that opened it then. */
    public String opener() {
        return (String) OPENER.getAcquire(this);
    }

    /** How many safe points were reached so far. */
    public long safePoints() {
        return safePoints;
    }

    /** How often the application said it would be quiet. */
    public long quiets() {
        return quiets;
    }

    /** For how long, the last time; zero if it said that this is over. */
    public long quietNanos() {
        return quietNanos;
    }

    /** How long it still expects to be quiet at a reading of {@code System.nanoTime}; zero if it does not. */
    public long quietRemaining(long nowNanos) {
        return quiets == 0 ? 0 : remaining(quietNanos, quietSaidAt, nowNanos);
    }

    /** How often the application said it would be busy. */
    public long busies() {
        return busies;
    }

    /** For how long, the last time; zero if it said that this is over. */
    public long busyNanos() {
        return busyNanos;
    }

    /** How long it still expects to be busy at a reading of {@code System.nanoTime}; zero if it does not. */
    public long busyRemaining(long nowNanos) {
        return busies == 0 ? 0 : remaining(busyNanos, busySaidAt, nowNanos);
    }

    private static long remaining(long expectedNanos, long saidAt, long nowNanos) {
        return Math.max(0, expectedNanos - Math.max(0, nowNanos - saidAt));
    }
}
