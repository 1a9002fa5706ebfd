package dev.godwit.linux.guardian;

import dev.godwit.linux.PageSize;
import dev.godwit.linux.Ptrace;
import dev.godwit.linux.RemoteUserfaultfd;
import dev.godwit.linux.SystemCallInjection;
import dev.godwit.linux.ThreadState;

/** What the guardian does to the process itself: stops it, takes its pages away, lets it go on. */
final class TargetControl implements AutoCloseable {
    /** A call gives back gigabytes of pages at most, some 70 ms each; a loaded machine is slower. */
    private static final long CALL_LIMIT_NANOS = 30_000_000_000L;

    private final SafetyCopy copy;
    private final Ptrace ptrace;
    private PageServer server;
    private boolean standing;
    private boolean dropped;

    TargetControl(long pid, SafetyCopy copy) {
        this.copy = copy;
        // A thread that waits for a page, or for an event to be read, cannot stop before it was served.
        this.ptrace = Ptrace.of(pid, this::serve);
    }

    private boolean serve() {
        if (server == null) {
            return false;
        }
        boolean found = server.serve();
        server.expire(System.nanoTime());
        return found;
    }

    /** Makes the userfaultfd, which is served from now on. */
    PageServer open(boolean forMissingPages, PageServer.Requests requests, long deadlineNanos) {
        if (server != null) {
            throw new IllegalStateException("there is a userfaultfd already");
        }
        RemoteUserfaultfd fault =
                forMissingPages ? RemoteUserfaultfd.forMissingPages(ptrace) : RemoteUserfaultfd.forTracking(ptrace);
        server = new PageServer(copy, fault, requests, deadlineNanos);
        return server;
    }

    /** True while the process stands because of us. */
    boolean isStanding() {
        return standing;
    }

    /** True once pages may be missing. */
    boolean isDropped() {
        return dropped;
    }

    /**
     * Stops every thread, and gives their number. Meanwhile missing pages come from the copy: a thread inside the kernel
     * cannot stop before it has its page, and nobody listens to the controller.
     */
    int pause(long limitNanos) {
        if (standing) {
            throw new IllegalStateException("the process is paused already");
        }
        boolean asks = server != null && server.setAsksController(false);
        try {
            int threads = ptrace.stopAll(limitNanos);
            standing = true;
            settleMoves(System.nanoTime() + limitNanos);
            return threads;
        } finally {
            if (server != null) {
                server.setAsksController(asks);
            }
        }
    }

    /** Whoever looks next what was written is to see what was moved; nobody is in a system call that could be in the way. */
    private void settleMoves(long deadlineNanos) {
        while (server != null && server.hasMovedRanges() && System.nanoTime() - deadlineNanos < 0) {
            server.serve();
        }
    }

    /** Gives the pages of the list back for good; the process must stand. */
    void empty() {
        if (!standing) {
            throw new IllegalStateException("pages can be emptied while the process is paused");
        }
        try (SystemCallInjection injection = SystemCallInjection.into(ptrace, CALL_LIMIT_NANOS)) {
            new PageDrop(copy, SafetyCopy.Table.EMPTIED, injection, ptrace.pid()).run();
        }
    }

    /**
     * Registers the ranges of the list, as the first half of the drop. If this fails nothing was taken away.
     *
     * @throws RuntimeException if the process runs, or a range cannot be registered
     */
    void register(boolean tracked) {
        if (!standing || dropped || server == null) {
            throw new IllegalStateException(
                    "pages can be dropped once, with a userfaultfd, while the process is paused");
        }
        copy.loadSpans();
        int modes = RemoteUserfaultfd.MISSING + (tracked ? RemoteUserfaultfd.WRITES : 0);
        for (int i = 0; i < copy.count(SafetyCopy.Table.REGISTERED); i++) {
            server.userfaultfd()
                    .register(
                            copy.rangeStart(SafetyCopy.Table.REGISTERED, i),
                            copy.rangeEnd(SafetyCopy.Table.REGISTERED, i),
                            modes);
        }
    }

    /** Takes the pages of the list away. What goes wrong leaves pages in place, which does no harm. */
    void drop(boolean tracked) {
        dropped = true;
        long pages = 0;
        for (int i = 0; i < copy.count(SafetyCopy.Table.DROPPED); i++) {
            long start = copy.rangeStart(SafetyCopy.Table.DROPPED, i);
            pages += markToDo(start, copy.rangeEnd(SafetyCopy.Table.DROPPED, i));
        }
        server.beginDrop(tracked, pages);
        try (SystemCallInjection injection = SystemCallInjection.into(ptrace, CALL_LIMIT_NANOS)) {
            new PageDrop(copy, SafetyCopy.Table.DROPPED, injection, ptrace.pid()).run();
        } finally {
            server.endDrop();
        }
    }

    private long markToDo(long start, long end) {
        long pages = 0;
        for (long at = start; at < end; ) {
            long stop = Math.min(end, copy.spans().spanEnd(at));
            int slot = copy.requireSlot(at);
            int behind = slot + (int) ((stop - at) >>> PageSize.shift());
            pages += behind - slot;
            for (; slot < behind; slot++) {
                copy.setState(slot, PageState.TO_DO);
            }
            at = stop;
        }
        return pages;
    }

    /**
     * Lets the process go on. Pages that the kernel itself writes when a thread runs or ends are brought before: those of
     * its control block and of the top of its stack.
     */
    void resume() {
        if (dropped && standing) {
            for (ThreadState thread : ptrace.threads()) {
                bring(thread.threadPointer() - PageSize.bytes());
                bring(thread.threadPointer());
                bring(thread.threadPointer() + PageSize.bytes());
                bring(thread.stackPointer());
            }
        }
        standing = false;
        ptrace.resume();
    }

    private void bring(long address) {
        int slot = copy.spans().slotOf(address);
        if (slot >= 0) {
            server.place(slot, 1, Counter.PLACED_BEFORE_RESUME);
        }
    }

    /** Lets threads go that could not be let go before; call now and then. */
    void releaseStragglers() {
        if (!standing && ptrace.isStopped()) {
            ptrace.resume();
        }
    }

    /** True if a thread is to be let go that has not been. */
    boolean hasStragglers() {
        return !standing && ptrace.isStopped();
    }

    @Override
    public void close() {
        ptrace.close();
    }
}
