package dev.godwit.linux.guardian;

import dev.godwit.linux.Errno;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.RemoteUserfaultfd;
import dev.godwit.linux.UserfaultfdEvents;

/**
 * Brings missing pages to a process: on its faults, when they arrive, and at last all that are left. One thread, no
 * locks, and nothing is allocated once it serves.
 *
 * <p>It is the only reader of the userfaultfd. Events are applied to the page states in the order in which they were
 * read, and every fault is looked at after the events that were read with it, so that a page which the process gave back
 * comes as zeros and never with its old content.
 */
final class PageServer implements AutoCloseable {
    /** Asks the controller for a page; false if it cannot be asked now. */
    interface Requests {
        boolean request(int slot);
    }

    private static final int WAITING_LIMIT = 1 << 14;

    private final SafetyCopy copy;
    private final RemoteUserfaultfd fault;
    private final Requests requests;
    private final ForkedChildren children;
    private final UserfaultfdEvents events = new UserfaultfdEvents();
    private final MovedPages moved = new MovedPages();
    /** Faults that must be tried again, as an event had to be read first. */
    private final WaitingFaults again = new WaitingFaults(WAITING_LIMIT);
    /** Faults whose page the controller was asked for. */
    private final WaitingFaults asked = new WaitingFaults(WAITING_LIMIT);

    private boolean tracked;
    private boolean dropping;
    private boolean asksController;
    private boolean gone;
    private long remaining;
    private long deadlineNanos;

    PageServer(SafetyCopy copy, RemoteUserfaultfd fault, Requests requests, long deadlineNanos) {
        this.copy = copy;
        this.fault = fault;
        this.requests = requests;
        this.deadlineNanos = deadlineNanos;
        this.children = new ForkedChildren(copy);
    }

    RemoteUserfaultfd userfaultfd() {
        return fault;
    }

    ForkedChildren children() {
        return children;
    }

    /** Pages still to be brought. */
    long remaining() {
        return remaining;
    }

    /** True when the process has ended. */
    boolean isGone() {
        return gone;
    }

    /** True if something has to be tried again soon. */
    boolean isPressed() {
        return again.count() > 0 || moved.count() > 0 || moved.hasRanges();
    }

    /** True if a moved range does not count as written yet. */
    boolean hasMovedRanges() {
        return moved.hasRanges();
    }

    /** True if a fault waits for a page that the controller was asked for. */
    boolean hasAsked() {
        return asked.count() > 0;
    }

    /** Time of {@code System.nanoTime} at which the first fault has waited too long; the largest value if none waits. */
    long nextDeadline() {
        return asked.count() == 0 || deadlineNanos == Long.MAX_VALUE
                ? Long.MAX_VALUE
                : asked.firstSinceNanos() + deadlineNanos;
    }

    void setDeadline(long nanos) {
        deadlineNanos = nanos;
    }

    /**
     * Sets whether the controller is asked for pages, or they are taken from the copy at once.
     *
     * @return what it was before
     */
    boolean setAsksController(boolean asks) {
        boolean before = asksController;
        asksController = asks;
        return before;
    }

    /** From here on, pages are given back by us and not by the process: such events mean nothing. */
    void beginDrop(boolean isTracked, long pages) {
        tracked = isTracked;
        dropping = true;
        remaining = pages;
        copy.setCounter(Counter.REMAINING, remaining);
    }

    /** Call after the last page was given back, while the process still stands. */
    void endDrop() {
        // Whoever gave back a page waited until its event was read, so all of them are behind this.
        serve();
        dropping = false;
    }

    /**
     * Reads and serves what has come, without waiting.
     *
     * @return true if something had
     */
    boolean serve() {
        boolean found = false;
        do {
            int count = events.read(fault);
            if (count > 0) {
                found = true;
                long now = System.nanoTime();
                for (int i = 0; i < count; i++) {
                    apply(i);
                }
                placeMoved();
                for (int i = 0; i < count; i++) {
                    if (events.event(i) == UserfaultfdEvents.PAGEFAULT) {
                        copy.add(Counter.FAULTS, 1);
                        serveFault(events.faultAddress(i), now);
                    }
                }
            }
        } while (events.isFull());
        moved.countAsWritten(fault);
        placeMoved();
        for (int i = again.count(); i > 0; i--) {
            long address = again.firstAddress();
            long since = again.firstSinceNanos();
            again.removeFirst();
            serveFault(address, since);
        }
        children.serve();
        return found;
    }

    private void apply(int index) {
        switch (events.event(index)) {
            case UserfaultfdEvents.REMOVE -> {
                if (!dropping) {
                    forget(events.start(index), events.endOrTarget(index));
                }
            }
            case UserfaultfdEvents.UNMAP -> forget(events.start(index), events.endOrTarget(index));
            case UserfaultfdEvents.REMAP ->
                moved(events.start(index), events.endOrTarget(index), events.movedBytes(index));
            case UserfaultfdEvents.FORK -> {
                copy.add(Counter.FORKS, 1);
                children.add(events.childDescriptor(index));
            }
            default -> {
                // A fault, which is served behind the events.
            }
        }
    }

    /** The process gave a range back: what was still to be brought there is not any more. */
    private void forget(long start, long end) {
        count(Counter.GIVEN_BACK, moved.removeRange(start, end));
        AddressSpans spans = copy.spans();
        for (long at = spans.nextAddress(start); at >= 0 && at < end; at = spans.nextAddress(at)) {
            long stop = Math.min(end, spans.spanEnd(at));
            int slot = spans.slotOf(at);
            int behind = slot + (int) ((stop - at) >>> PageSize.shift());
            for (; slot < behind; slot++) {
                if (isToDo(slot)) {
                    settle(slot, PageState.NOTHING, Counter.GIVEN_BACK);
                } else {
                    copy.setState(slot, PageState.NOTHING);
                }
            }
            at = stop;
        }
    }

    /** The process moved a range: what was still to be brought is to be brought to its new place, soon. */
    private void moved(long from, long to, long bytes) {
        moved.moveRange(from, to, bytes);
        for (long offset = 0; offset < bytes; offset += PageSize.bytes()) {
            int slot = copy.spans().slotOf(from + offset);
            if (slot >= 0 && isToDo(slot)) {
                moved.add(slot, to + offset);
                copy.setState(slot, PageState.NOTHING);
            }
        }
    }

    private void placeMoved() {
        for (int i = moved.count() - 1; i >= 0; i--) {
            long answer = fault.copy(moved.address(i), copy.pageAddress(moved.slot(i)), PageSize.bytes(), tracked);
            if (answer == -Errno.EAGAIN) {
                copy.add(Counter.RETRIES, 1);
                return;
            }
            moved.remove(i);
            count(answer > 0 || answer == -Errno.EEXIST ? Counter.PLACED_FROM_COPY : Counter.UNMAPPED, 1);
        }
    }

    private void serveFault(long address, long sinceNanos) {
        int slot = copy.spans().slotOf(address);
        if (moved.count() > 0 && moved.find(address & -PageSize.bytes()) >= 0) {
            // It is brought as soon as it can be.
            retry(address, sinceNanos);
            return;
        }
        if (slot < 0 || !isToDo(slot)) {
            zero(address & -PageSize.bytes(), sinceNanos);
            return;
        }
        if (asksController && !dropping && !asked.isFull()) {
            if (copy.state(slot) == PageState.ASKED || requests.request(slot)) {
                if (copy.state(slot) != PageState.ASKED) {
                    copy.setState(slot, PageState.ASKED);
                    copy.add(Counter.ASKED, 1);
                }
                asked.add(address, sinceNanos);
                return;
            }
        }
        if (place(slot, 1, Counter.PLACED_FROM_COPY) == 0) {
            retry(address, sinceNanos);
        } else {
            served(sinceNanos);
        }
    }

    private void zero(long address, long sinceNanos) {
        long answer = fault.zero(address, PageSize.bytes());
        if (answer == -Errno.EAGAIN) {
            retry(address, sinceNanos);
            return;
        }
        if (answer == -Errno.ESRCH) {
            gone = true;
        } else if (answer > 0) {
            copy.add(Counter.ZEROED, 1);
        } else {
            // It is there by now, or not served by us any more: the thread is to look again.
            fault.wake(address, PageSize.bytes());
        }
        served(sinceNanos);
    }

    private void retry(long address, long sinceNanos) {
        copy.add(Counter.RETRIES, 1);
        if (!again.isFull()) {
            again.add(address, sinceNanos);
        } else {
            // The thread raises its fault again.
            fault.wake(address & -PageSize.bytes(), PageSize.bytes());
        }
    }

    private void served(long sinceNanos) {
        long took = System.nanoTime() - sinceNanos;
        copy.add(Counter.FAULT_NANOS, took);
        copy.faultTimes().add(took);
        if (took > copy.counter(Counter.LONGEST_FAULT_NANOS)) {
            copy.setCounter(Counter.LONGEST_FAULT_NANOS, took);
        }
    }

    /**
     * Brings pages of the copy that are still to be brought.
     *
     * @param pages number of slots to look at from {@code slot} on
     * @return number of slots that are settled, less than {@code pages} if an event has to be read first
     */
    int place(int slot, int pages, Counter counter) {
        int at = slot;
        int behind = slot + pages;
        while (at < behind && !gone) {
            if (!isToDo(at)) {
                at++;
                continue;
            }
            int stop = at + 1;
            int limit = Math.min(behind, copy.spans().spanEndSlot(at));
            while (stop < limit && isToDo(stop)) {
                stop++;
            }
            int settled = placeRun(at, stop, counter);
            if (settled == 0) {
                return at - slot;
            }
            at += settled;
        }
        return at - slot;
    }

    /** Number of slots settled of a run that is to be brought, zero if an event has to be read first. */
    private int placeRun(int slot, int behind, Counter counter) {
        long to = copy.spans().addressOf(slot);
        long from = copy.pageAddress(slot);
        long answer = fault.copy(to, from, (long) (behind - slot) << PageSize.shift(), tracked);
        if (answer == -Errno.ENOENT && behind - slot > 1) {
            // The run may only cross the border of two mappings.
            answer = fault.copy(to, from, PageSize.bytes(), tracked);
        }
        if (answer > 0) {
            int placed = (int) (answer >>> PageSize.shift());
            for (int i = 0; i < placed; i++) {
                settle(slot + i, PageState.PLACED, counter);
            }
            return placed;
        }
        if (answer == -Errno.EAGAIN) {
            copy.add(Counter.RETRIES, 1);
            return 0;
        }
        if (answer == -Errno.ESRCH) {
            gone = true;
        } else if (answer == -Errno.EEXIST) {
            settle(slot, PageState.PLACED, counter);
            fault.wake(to, PageSize.bytes());
        } else {
            settle(slot, PageState.NOTHING, Counter.UNMAPPED);
            fault.wake(to, PageSize.bytes());
        }
        return 1;
    }

    private boolean isToDo(int slot) {
        return isToDo(copy.state(slot));
    }

    private static boolean isToDo(byte state) {
        return state == PageState.TO_DO || state == PageState.ASKED;
    }

    private void settle(int slot, byte state, Counter counter) {
        copy.setState(slot, state);
        count(counter, 1);
    }

    /** Counts pages that are not to be brought any more. */
    private void count(Counter counter, int pages) {
        if (pages > 0) {
            copy.add(counter, pages);
            remaining -= pages;
            copy.setCounter(Counter.REMAINING, remaining);
        }
    }

    /** Takes from the list whom the controller has served, and serves from the copy who has waited too long. */
    void expire(long nowNanos) {
        for (int i = asked.count(); i > 0; i--) {
            long address = asked.firstAddress();
            long since = asked.firstSinceNanos();
            asked.removeFirst();
            int slot = copy.spans().slotOf(address);
            byte state = copy.state(slot);
            boolean late = deadlineNanos < nowNanos - since;
            if (isToDo(slot) && ((asksController && !late) || place(slot, 1, Counter.PLACED_FROM_COPY) == 0)) {
                asked.add(address, since);
                continue;
            }
            if (isToDo(state) && asksController) {
                copy.add(Counter.PLACED_LATE, 1);
            }
            if (state == PageState.NOTHING) {
                // The process gave the page back while this thread waited: it must look again.
                fault.wake(address & -PageSize.bytes(), PageSize.bytes());
            }
            served(since);
        }
    }

    @Override
    public void close() {
        children.close();
        events.close();
        fault.close();
    }
}
