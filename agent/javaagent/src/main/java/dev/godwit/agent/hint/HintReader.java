package dev.godwit.agent.hint;

import dev.godwit.bootstrap.HintBridge;
import dev.godwit.bootstrap.HintSlot;
import dev.godwit.trace.HintEvent;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Turns the counters of the bridge into events. Application threads only count, so all that is known of time is between
 * which two readings something happened:
 *
 * <pre>
 *   readings      |         |         |         |
 *   sections    xx   x   xxxxx  xxxxxxxxxxxxxx    x
 *               brief   brief        long       brief
 * </pre>
 *
 * <p>A section that two readings in a row find open is a long one and gets an event of its own when it opens and when
 * it closes. Brief ones are counted; one that a reading falls into stands for a whole time between two readings, which
 * is right on the average. Not thread-safe: used by the recorder thread only.
 */
public final class HintReader {
    /** Safe points get events of their own until there are so many in one interval; the rest is summed up. */
    private static final int MOST_SAFE_POINT_EVENTS = 64;

    private final Consumer<HintEvent> events;
    private final long startNanos;
    private SlotState[] states = new SlotState[0];
    private long lastReadAt;
    private int safePointEvents;
    private boolean active;

    /**
     * @param startNanos {@code System.nanoTime()} at the start of the recording
     * @param events takes the events, in the order of their readings
     */
    public HintReader(long startNanos, Consumer<HintEvent> events) {
        this.startNanos = startNanos;
        this.events = events;
        this.lastReadAt = startNanos;
        HintBridge.readAt(startNanos);
        // What was counted before the recording began is none of its business.
        grow(HintBridge.count(), true);
    }

    /** True if anything was said since the reading before the last one, or a section is open. */
    public boolean isActive() {
        return active;
    }

    /**
     * Reads all slots.
     *
     * @param nowNanos {@code System.nanoTime()}
     */
    public void read(long nowNanos) {
        active = false;
        // First, so that a section that opens while the slots are read is not taken for one that was open before.
        HintBridge.readAt(nowNanos);
        int count = HintBridge.count();
        if (states.length < count) {
            grow(count, false);
        }
        for (int i = 0; i < count; i++) {
            readSections(states[i], nowNanos);
            readSafePoints(states[i]);
            readWindows(states[i], nowNanos);
        }
        lastReadAt = nowNanos;
    }

    /** Writes what is summed up: at the end of each interval. */
    public void flush() {
        safePointEvents = 0;
        for (SlotState state : states) {
            if (state.briefCount > 0) {
                emit(HintEvent.Type.CRITICAL_BRIEF, state, state.briefFrom, "", state.briefNanos, state.briefCount);
                state.briefCount = 0;
                state.briefNanos = 0;
            }
            if (state.safePointCount > 0) {
                emit(HintEvent.Type.SAFE_POINT, state, state.safePointFrom, "", 0, state.safePointCount);
                state.safePointCount = 0;
            }
        }
    }

    private void grow(int count, boolean counted) {
        int known = states.length;
        states = Arrays.copyOf(states, count);
        for (int i = known; i < count; i++) {
            states[i] = new SlotState(HintBridge.slot(i + 1), counted, lastReadAt);
        }
    }

    private void readSections(SlotState state, long nowNanos) {
        HintSlot slot = state.slot;
        long sections = slot.sections();
        long openedAt = slot.openedAt();
        boolean open = HintSlot.openNow(sections) > 0;
        long opened = HintSlot.opened(sections) - state.opened;
        state.opened += opened;
        active |= open || opened > 0;

        boolean sameAsBefore = open && openedAt == state.openedAt;
        if (state.isLong && !sameAsBefore) {
            state.isLong = false;
            emit(HintEvent.Type.CRITICAL_CLOSE, state, nowNanos, state.opener, nowNanos - state.longFrom, 1);
        }
        if (state.isCandidate && sameAsBefore) {
            state.isLong = true;
            state.longFrom = Math.max(openedAt, startNanos);
            state.opener = slot.opener();
            emit(HintEvent.Type.CRITICAL_OPEN, state, state.longFrom, state.opener, 0, 1);
        } else if (state.isCandidate) {
            addBrief(state, 1, state.candidateNanos, state.candidateFrom);
        }
        state.isCandidate = open && !state.isLong;
        // The one that is open is held back until the next reading tells what it is.
        boolean heldBack = state.isCandidate && opened > 0;
        state.candidateFrom = lastReadAt;
        state.candidateNanos = nowNanos - lastReadAt;
        state.openedAt = openedAt;
        addBrief(state, heldBack ? opened - 1 : opened, 0, lastReadAt);
    }

    private static void addBrief(SlotState state, long count, long nanos, long from) {
        if (count > 0) {
            state.briefFrom = state.briefCount == 0 ? from : state.briefFrom;
            state.briefCount += count;
            state.briefNanos += nanos;
        }
    }

    private void readSafePoints(SlotState state) {
        long safePoints = state.slot.safePoints();
        long reached = safePoints - state.safePoints;
        state.safePoints = safePoints;
        if (reached == 0) {
            return;
        }
        active = true;
        if (safePointEvents < MOST_SAFE_POINT_EVENTS) {
            safePointEvents++;
            emit(HintEvent.Type.SAFE_POINT, state, lastReadAt, "", 0, reached);
        } else {
            state.safePointFrom = state.safePointCount == 0 ? lastReadAt : state.safePointFrom;
            state.safePointCount += reached;
        }
    }

    private void readWindows(SlotState state, long nowNanos) {
        long quiets = state.slot.quiets();
        long busies = state.slot.busies();
        if (quiets > state.quiets) {
            active = true;
            emit(HintEvent.Type.QUIET, state, nowNanos, "", state.slot.quietNanos(), quiets - state.quiets);
        }
        if (busies > state.busies) {
            active = true;
            emit(HintEvent.Type.BUSY, state, nowNanos, "", state.slot.busyNanos(), busies - state.busies);
        }
        state.quiets = quiets;
        state.busies = busies;
    }

    private void emit(
            HintEvent.Type type, SlotState state, long atNanos, String thread, long durationNanos, long count) {
        String name = state.slot.name();
        events.accept(new HintEvent(atNanos - startNanos, type, name, thread, durationNanos, count));
    }

    /** What was known of a slot at the last reading. */
    private static final class SlotState {
        private final HintSlot slot;
        private long opened;
        private long openedAt;
        private long safePoints;
        private long quiets;
        private long busies;

        private boolean isCandidate;
        private long candidateFrom;
        private long candidateNanos;

        private boolean isLong;
        private long longFrom;
        private String opener = "";

        private long briefFrom;
        private long briefNanos;
        private long briefCount;

        private long safePointFrom;
        private long safePointCount;

        /**
         * @param counted true if what was said until now is not to be reported
         * @param atNanos when that is
         */
        SlotState(HintSlot slot, boolean counted, long atNanos) {
            this.slot = slot;
            candidateFrom = atNanos;
            if (counted) {
                long sections = slot.sections();
                opened = HintSlot.opened(sections);
                openedAt = slot.openedAt();
                isCandidate = HintSlot.openNow(sections) > 0;
                safePoints = slot.safePoints();
                quiets = slot.quiets();
                busies = slot.busies();
            }
        }
    }
}
