package dev.godwit.linux.guardian;

import dev.godwit.linux.DescriptorPoll;
import dev.godwit.linux.Descriptors;
import dev.godwit.linux.PipeEnd;
import dev.godwit.linux.ProcessPause;
import dev.godwit.linux.RemoteUserfaultfd;

/**
 * What the guardian does all its life, on one thread: serves the process first, then takes one command of the controller,
 * then brings a few pages, and begins again. It waits only when there is nothing of these.
 */
final class GuardianLoop {
    /** Longest run that is brought at once: a fault waits for no more than that, about 0.1 ms. */
    private static final int PUSH_PAGES = 32;

    static final int COMMAND_BUFFER_BYTES = 128 * Message.BYTES;
    private static final int FAILURE_LIMIT = 1000;
    private static final int IDLE_MILLIS = 1000;
    private static final int CHILDREN_MILLIS = 100;
    private static final int STRAGGLER_MILLIS = 5;

    private final long pid;
    private final SafetyCopy copy;
    private final TargetControl target;
    private final PipeEnd commands;
    private final Outbox outbox;
    private final DescriptorPoll poll = new DescriptorPoll(ForkedChildren.LIMIT + 3);
    private final int targetDescriptor;
    private PageServer server;
    /** Pages that arrived and are still to be looked at. */
    private int arrivedSlot;

    private int arrivedBehind;
    /** In the end all pages are brought from the copy, from this slot on. */
    private int pushSlot;

    private long deadlineNanos = Guardian.DEADLINE_NANOS;
    /** Time of {@code System.nanoTime} at which a pause ends by itself. */
    private long pauseEndNanos;

    private boolean pauseExpired;
    private boolean abandoned;
    private boolean controllerEnded;
    private boolean tracked;
    private long resumedNanos;
    private boolean finished;
    private int releaseSequence = -1;
    private boolean ended;

    GuardianLoop(long pid, SafetyCopy copy, PipeEnd commands, Outbox outbox) {
        this.pid = pid;
        this.copy = copy;
        this.target = new TargetControl(pid, copy);
        this.commands = commands;
        this.outbox = outbox;
        this.targetDescriptor = Descriptors.ofProcess(pid);
    }

    /** Returns when the process has ended, or has all its pages and is not needed any more. */
    void run() {
        outbox.put(Message.READY, 0, 0, 0, 0);
        int failures = 0;
        while (!ended) {
            try {
                runOnce();
            } catch (RuntimeException failure) {
                outbox.fail(0, failure);
                // As long as pages are missing there is nobody else to bring them.
                if (!target.isDropped() || ++failures > FAILURE_LIMIT) {
                    throw failure;
                }
            }
        }
        outbox.flush();
    }

    private void runOnce() {
        outbox.flush();
        await();
        if (server != null) {
            server.serve();
            server.expire(System.nanoTime());
            outbox.flush();
        }
        placeUrgent();
        if (arrivedSlot == arrivedBehind) {
            takeCommands();
        }
        push();
        if (server != null && server.hasAsked()) {
            // Those whose page is there by now have waited until now, not until the next look.
            server.expire(System.nanoTime());
        }
        endLongPause();
        target.releaseStragglers();
        finish();
    }

    private void await() {
        poll.clear();
        int process = poll.add(targetDescriptor);
        if (!commands.isEnded()) {
            poll.add(commands.fd());
        }
        if (server != null) {
            poll.add(server.userfaultfd().fd());
            server.children().addTo(poll);
        }
        poll.await(timeoutMillis());
        if (poll.isReady(process) || (server != null && server.isGone())) {
            outbox.put(Message.GONE, 0, 0, 0, 0);
            ended = true;
        }
    }

    private int timeoutMillis() {
        boolean busy = arrivedSlot < arrivedBehind
                || commands.held() >= Message.BYTES
                || (server != null && copy.peekUrgent() >= 0);
        if (busy || isPushing() || (server != null && server.isPressed())) {
            return 0;
        }
        if (outbox.isBehind() || target.hasStragglers()) {
            return STRAGGLER_MILLIS;
        }
        if (server == null) {
            return IDLE_MILLIS;
        }
        int longest = server.children().isEmpty() ? IDLE_MILLIS : CHILDREN_MILLIS;
        long deadline = server.nextDeadline();
        if (deadline == Long.MAX_VALUE) {
            return longest;
        }
        long millis = (deadline - System.nanoTime()) / 1_000_000 + 1;
        return (int) Math.max(0, Math.min(longest, millis));
    }

    private void takeCommands() {
        commands.fill();
        while (commands.held() >= Message.BYTES && arrivedSlot == arrivedBehind) {
            int type = commands.content().getInt(Message.TYPE);
            int sequence = commands.content().getInt(Message.SEQUENCE);
            long first = commands.content().getLong(Message.FIRST);
            long second = commands.content().getLong(Message.SECOND);
            commands.take(Message.BYTES);
            try {
                execute(type, sequence, first, second);
            } catch (RuntimeException failure) {
                outbox.fail(sequence, failure);
            }
        }
        if (commands.isEnded() && commands.held() < Message.BYTES && !controllerEnded) {
            controllerEnded = true;
            letGo();
            ProcessPause.recover(pid);
        }
    }

    private void execute(int type, int sequence, long first, long second) {
        switch (type) {
            case Message.OPEN -> {
                server = target.open(first == 1, outbox, deadlineNanos);
                outbox.put(Message.DONE, sequence, server.userfaultfd().fd(), 0, 0);
            }
            case Message.PAUSE -> {
                long begin = System.nanoTime();
                int threads = target.pause(first);
                pauseExpired = false;
                pauseEndNanos = System.nanoTime() + second;
                outbox.put(Message.DONE, sequence, threads, System.nanoTime() - begin, 0);
            }
            case Message.DROP -> drop(sequence, first == 1);
            case Message.RESUME -> resume(sequence);
            case Message.ARRIVED -> arrived(first, second);
            case Message.URGENT -> {
                // It was to wake this loop, which looks there each time.
            }
            case Message.ABANDON -> abandon();
            case Message.EMPTY -> {
                long begin = System.nanoTime();
                target.empty();
                outbox.put(Message.DONE, sequence, System.nanoTime() - begin, 0, 0);
            }
            case Message.DEADLINE -> {
                deadlineNanos = first;
                if (server != null) {
                    server.setDeadline(first);
                }
            }
            case Message.RELEASE -> release(sequence);
            default -> throw new IllegalArgumentException("no command of type " + type);
        }
    }

    private void drop(int sequence, boolean isTracked) {
        long begin = System.nanoTime();
        target.register(isTracked);
        long registered = System.nanoTime();
        tracked = isTracked;
        target.drop(isTracked);
        outbox.put(Message.DONE, sequence, registered - begin, System.nanoTime() - registered, 0);
    }

    private void resume(int sequence) {
        long begin = System.nanoTime();
        if (pauseExpired) {
            throw new IllegalStateException("the pause lasted too long and was ended before");
        }
        goOn();
        long brought = copy.counter(Counter.PLACED_BEFORE_RESUME);
        outbox.put(Message.DONE, sequence, brought, resumedNanos - begin, 0);
    }

    private void goOn() {
        if (server != null && target.isDropped()) {
            server.setAsksController(!abandoned);
        }
        target.resume();
        resumedNanos = System.nanoTime();
    }

    /** A controller that hangs must not stop the process for ever. */
    private void endLongPause() {
        if (target.isStanding() && System.nanoTime() - pauseEndNanos > 0) {
            pauseExpired = true;
            goOn();
        }
    }

    private void arrived(long slot, long pages) {
        int slots = copy.spans().slots();
        if (slot < 0 || pages < 0 || slot > slots - pages) {
            throw new IllegalArgumentException("arrived slot=" + slot + " pages=" + pages + " slots=" + slots);
        }
        if (server != null) {
            arrivedSlot = (int) slot;
            arrivedBehind = (int) (slot + pages);
        }
    }

    /** Nothing will arrive any more: everything comes from the copy. */
    private void abandon() {
        abandoned = true;
        if (server != null) {
            server.setAsksController(false);
        }
    }

    private void release(int sequence) {
        releaseSequence = sequence;
        letGo();
    }

    private void letGo() {
        abandon();
        if (target.isStanding()) {
            target.resume();
            resumedNanos = System.nanoTime();
        }
    }

    private boolean isPushing() {
        return abandoned && server != null && server.remaining() > 0 && !target.isStanding();
    }

    /** What a thread waits for goes before everything that was sent earlier. */
    private void placeUrgent() {
        if (server == null) {
            return;
        }
        for (int slot = copy.peekUrgent(); slot >= 0; slot = copy.peekUrgent()) {
            boolean isSlot = slot < copy.spans().slots();
            if (isSlot && server.place(slot, 1, Counter.PLACED_ARRIVED) == 0) {
                return;
            }
            copy.takeUrgent();
        }
    }

    private void push() {
        if (arrivedSlot < arrivedBehind) {
            int pages = Math.min(PUSH_PAGES, arrivedBehind - arrivedSlot);
            arrivedSlot += server.place(arrivedSlot, pages, Counter.PLACED_ARRIVED);
        } else if (isPushing()) {
            int slots = copy.spans().slots();
            if (pushSlot >= slots) {
                pushSlot = 0;
            }
            // What is done already costs nothing to pass over.
            while (pushSlot < slots && !isToDo(copy.state(pushSlot))) {
                pushSlot++;
            }
            if (pushSlot < slots) {
                int pages = Math.min(PUSH_PAGES, slots - pushSlot);
                pushSlot += server.place(pushSlot, pages, Counter.PLACED_FROM_COPY);
            }
        }
    }

    private static boolean isToDo(byte state) {
        return state == PageState.TO_DO || state == PageState.ASKED;
    }

    private void finish() {
        boolean serves = server != null && target.isDropped();
        if (serves && !target.isStanding() && server.remaining() == 0 && !finished) {
            finished = true;
            server.expire(System.nanoTime());
            releaseRanges(tracked && !abandoned);
            copy.setCounter(Counter.SERVING_NANOS, Math.max(1, System.nanoTime() - resumedNanos));
            outbox.put(Message.FINISHED, 0, 0, 0, 0);
        }
        boolean isNeeded = serves && !finished;
        if (server != null && !server.children().isEmpty()) {
            server.children().removeEnded();
            isNeeded |= !server.children().isEmpty();
        }
        boolean wanted = !commands.isEnded() && releaseSequence < 0;
        if (!isNeeded && !wanted && !target.hasStragglers()) {
            close();
        }
    }

    /** Every page is there: what is used for the first time need not come through us any more. */
    private void releaseRanges(boolean keepTracking) {
        for (int i = 0; i < copy.count(SafetyCopy.Table.REGISTERED); i++) {
            long start = copy.rangeStart(SafetyCopy.Table.REGISTERED, i);
            long end = copy.rangeEnd(SafetyCopy.Table.REGISTERED, i);
            try {
                if (keepTracking) {
                    server.userfaultfd().register(start, end, RemoteUserfaultfd.WRITES);
                } else {
                    server.userfaultfd().unregister(start, end);
                }
            } catch (RuntimeException changedMeanwhile) {
                // The process mapped something else into it: the rest of it goes on being served.
            }
            // Whoever may wait there is to look again.
            server.userfaultfd().wake(start, end - start);
        }
    }

    private void close() {
        if (server != null) {
            server.close();
        }
        target.close();
        if (releaseSequence >= 0) {
            outbox.put(Message.DONE, releaseSequence, 0, 0, 0);
        }
        ended = true;
    }
}
