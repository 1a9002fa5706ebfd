package dev.godwit.linux.guardian;

import dev.godwit.linux.NativeAccess;
import dev.godwit.linux.ProcessMaps;
import dev.godwit.linux.ProcessMemory;
import dev.godwit.linux.RemoteUserfaultfd;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The controller's side of the guardian: a small process of its own that pauses another process, takes its pages away, and
 * brings them back. Whatever happens to the controller, the process has all its memory: when the controller ends, even by
 * {@code kill -9}, the guardian lets the process go on, brings every page from the {@link SafetyCopy}, and ends.
 *
 * <p>The order of a post-copy:
 *
 * <pre>
 * try (SafetyCopy copy = SafetyCopy.create(slotLimit);
 *         Guardian guardian = Guardian.start(pid, copy, listener)) {
 *     guardian.openUserfaultfd(true);
 *     copy.cover(start, end);  copy.save(memory, ...);      // may begin before the pause, with write tracking
 *     guardian.pause(limitNanos);
 *     copy.cover(...);  copy.save(...);                     // what changed since: must be complete now
 *     guardian.drop(starts, ends, count, tracked);          // these pages are missing from here on
 *     guardian.resume();
 *     // listener.pageRequested(slot): fetch it, then guardian.arrivedOnRequest(slot); for all others:
 *     guardian.arrived(slot, pages);
 *     guardian.awaitFinished(limitNanos);
 * }
 * </pre>
 *
 * <p>{@link #pause} and {@link #resume} without {@link #drop} serve any other technique. Commands may be given by any
 * thread; the listener is called on a thread of its own.
 */
public final class Guardian implements AutoCloseable {
    private static final long START_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long COMMAND_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long RELEASE_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);
    /** How long a thread waits for a page until it gets the one of the copy, if nothing else is said. */
    static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** The longest pause: after that the process goes on by itself. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final Set<String> OPTION_VARIABLES =
            Set.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS");

    /** Is told what the guardian reports; must return soon. */
    public interface Listener {
        /** A thread of the process waits for the page with this slot. Called once per page. */
        void pageRequested(int slot);

        /** Every page has been brought. */
        default void finished() {}

        /** Something went wrong that no command waits for; the guardian goes on. */
        default void warned(String why) {}

        /** The process has ended, or the guardian has; text says which and why. */
        default void lost(String why) {}
    }

    /**
     * How a pause went.
     *
     * @param threads number of threads that stand
     * @param nanos until all did
     */
    public record Paused(int threads, long nanos) {}

    /**
     * How a drop went.
     *
     * @param ranges number of ranges that were registered
     * @param registerNanos time to register them
     * @param dropNanos time to give the pages back to the kernel, which a migration to another machine does not have
     */
    public record Dropped(int ranges, long registerNanos, long dropNanos) {}

    private final long pid;
    private final SafetyCopy copy;
    private final Listener listener;
    private final Process process;
    private final GuardianConnection connection;
    private final CountDownLatch finished = new CountDownLatch(1);
    private RemoteUserfaultfd userfaultfd;
    private volatile boolean open = true;

    private Guardian(long pid, SafetyCopy copy, Listener listener, Process process) {
        this.pid = pid;
        this.copy = copy;
        this.listener = listener;
        this.process = process;
        this.connection = new GuardianConnection(pid, process, new Reports());
    }

    /**
     * Starts a guardian with the JDK that runs this, and waits until it is ready. Nothing happens to the process yet.
     *
     * @param pid process to guard
     * @param copy of its pages; must outlive this object
     * @throws IOException if it does not start, with what it printed
     */
    public static Guardian start(long pid, SafetyCopy copy, Listener listener) throws IOException {
        NativeAccess.initialise();
        ProcessBuilder builder = new ProcessBuilder(command(pid, copy.fd())).directory(new File("/"));
        // Options and agents that are meant for the controller would only slow it down.
        builder.environment().keySet().removeAll(OPTION_VARIABLES);
        Guardian guardian = new Guardian(pid, copy, listener, builder.start());
        try {
            guardian.connection.awaitReady(START_LIMIT_NANOS);
            return guardian;
        } catch (GuardianException failure) {
            guardian.process.destroyForcibly();
            throw new IOException(failure.getMessage(), failure);
        }
    }

    private static List<String> command(long pid, int descriptor) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        // Small, quick to start, and nothing but messages on standard output.
        command.addAll(List.of("-Xms16m", "-Xmx32m", "-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-XX:-UsePerfData", "-XX:+DisplayVMOutputToStderr", "-Xshare:auto"));
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", GuardianClassPath.find(), GuardianMain.class.getName()));
        command.add(Long.toString(pid));
        command.add(Long.toString(ProcessHandle.current().pid()));
        command.add(Integer.toString(descriptor));
        return command;
    }

    /** Number of the guardian's process. */
    public long guardianPid() {
        return process.pid();
    }

    /**
     * Makes the userfaultfd of the process, once. The guardian reads it from now on; the returned one is to register
     * ranges for {@link RemoteUserfaultfd#WRITES}, and is closed by {@link #drop} and by {@link #close}.
     *
     * @param forMissingPages also for {@link #drop}, which the process must be privileged for; false: for tracking alone
     * @throws GuardianException with the reason if it cannot be made
     */
    public synchronized RemoteUserfaultfd openUserfaultfd(boolean forMissingPages) {
        GuardianConnection.Answer answer = call("open userfaultfd", Message.OPEN, forMissingPages ? 1 : 0, 0);
        userfaultfd = RemoteUserfaultfd.takeFrom(process.pid(), (int) answer.first());
        return userfaultfd;
    }

    /**
     * Stops every thread of the process, by ptrace. Should this side hang, the process goes on by itself after a minute.
     *
     * @param limitNanos after which all are let go again
     * @throws GuardianException if a thread did not stop in time, or the process may not be traced
     */
    public Paused pause(long limitNanos) {
        GuardianConnection.Answer answer = call("pause", Message.PAUSE, limitNanos, PAUSE_NANOS);
        return new Paused((int) answer.first(), answer.second());
    }

    /**
     * Lets the process go on.
     *
     * @return how long it took, in nanoseconds
     * @throws GuardianException if it went on by itself before, as the pause lasted too long
     */
    public long resume() {
        return call("resume", Message.RESUME, 0, 0).second();
    }

    /**
     * Makes pages of the paused process zeros at once, as those that a technique does not transfer: their memory is given
     * back to the kernel, and they are not asked for. Not for pages that are missing.
     *
     * @param starts first addresses of the runs of pages; private anonymous memory only
     * @param ends addresses behind the runs
     * @param count number of runs
     * @return how long it took, in nanoseconds
     */
    public synchronized long empty(long[] starts, long[] ends, int count) {
        copy.setRanges(SafetyCopy.Table.EMPTIED, starts, ends, count);
        return call("empty pages", Message.EMPTY, 0, 0).first();
    }

    /**
     * Takes pages away from the paused process, once. They must have been saved in the copy: from here on the process has
     * them from there. They come back when they are touched, when they {@linkplain #arrived arrive}, or all at once when
     * this side {@linkplain #abandon gives up} or ends.
     *
     * @param starts first addresses of the runs of pages, ascending; private anonymous memory only
     * @param ends addresses behind the runs
     * @param count number of runs
     * @param tracked whether writes to pages that came back are to be seen by {@link
     *     dev.godwit.linux.Pagemap#scanWritten}
     * @throws IOException if the mappings of the process cannot be read
     * @throws GuardianException if a range cannot be registered, then nothing was taken away; or if something went wrong
     *     later, then {@link #resume} and {@link #abandon} leave the process whole
     */
    public synchronized Dropped drop(long[] starts, long[] ends, int count, boolean tracked) throws IOException {
        MissingRanges ranges = MissingRanges.of(ProcessMaps.of(pid).read(), starts, ends, count);
        for (int i = 0; i < count; i++) {
            requireInSpans(starts[i], ends[i]);
        }
        copy.setRanges(SafetyCopy.Table.REGISTERED, ranges.starts(), ranges.ends(), ranges.count());
        copy.setRanges(SafetyCopy.Table.DROPPED, starts, ends, count);
        // Who registers a range for writes alone from here on would make its missing pages zeros.
        if (userfaultfd != null) {
            userfaultfd.close();
        }
        GuardianConnection.Answer answer = call("drop", Message.DROP, tracked ? 1 : 0, 0);
        return new Dropped(ranges.count(), answer.first(), answer.second());
    }

    private void requireInSpans(long start, long end) {
        for (long at = start; at < end; at = copy.spans().spanEnd(at)) {
            copy.requireSlot(at);
        }
    }

    /**
     * Says that pages arrived: they are brought to the process, unless they are there or were given back meanwhile. What
     * is brought is the content of the copy; whoever received something else must not say so.
     */
    public void arrived(int slot, int pages) {
        connection.send(Message.ARRIVED, slot, pages);
    }

    /**
     * As {@link #arrived} for one page that a thread waits for: it is brought before all that arrived earlier and is not
     * brought yet.
     */
    public void arrivedOnRequest(int slot) {
        boolean put;
        synchronized (finished) {
            put = copy.putUrgent(slot);
        }
        if (put) {
            connection.send(Message.URGENT, 0, 0);
        } else {
            arrived(slot, 1);
        }
    }

    /** Says that nothing will arrive any more: the rest is brought from the copy, as fast as it goes. */
    public void abandon() {
        connection.send(Message.ABANDON, 0, 0);
    }

    /** Sets how long a thread may wait for a page until it gets the one of the copy; a second at first. */
    public void setDeadline(long nanos) {
        connection.send(Message.DEADLINE, nanos, 0);
    }

    /**
     * Waits until every dropped page has been brought.
     *
     * @return false if the limit passed
     * @throws GuardianException if the process or the guardian ended before
     */
    public boolean awaitFinished(long limitNanos) throws InterruptedException {
        boolean isFinished = finished.await(limitNanos, TimeUnit.NANOSECONDS);
        String lost = connection.lost();
        if (lost != null && copy.counter(Counter.SERVING_NANOS) == 0) {
            throw new GuardianException(lost);
        }
        return (isFinished && lost == null) || copy.counter(Counter.SERVING_NANOS) > 0;
    }

    private GuardianConnection.Answer call(String what, int type, long first, long second) {
        return connection.call(what, type, first, second, COMMAND_LIMIT_NANOS);
    }

    /** What the guardian says by itself. */
    private final class Reports implements GuardianConnection.Handler {
        @Override
        public void received(int type, long first) {
            if (type == Message.REQUEST) {
                listener.pageRequested((int) first);
            } else {
                finished.countDown();
                listener.finished();
            }
        }

        @Override
        public void warned(String why) {
            listener.warned(why);
        }

        @Override
        public void lost(String why) {
            finished.countDown();
            if (open) {
                listener.lost(why);
            }
        }
    }

    /**
     * Undoes everything: a paused process goes on, missing pages are brought from the copy, nothing stays registered. Then
     * the guardian ends. If it does not answer it is left to itself, as it ends when it is done.
     */
    @Override
    public synchronized void close() {
        if (!open) {
            return;
        }
        open = false;
        if (userfaultfd != null) {
            userfaultfd.close();
        }
        try {
            if (connection.lost() == null) {
                connection.call("release the process", Message.RELEASE, 0, 0, RELEASE_LIMIT_NANOS);
            }
        } catch (GuardianException busyOrEnded) {
            // It ends by itself once every page has been brought.
        }
        connection.close();
        try {
            process.waitFor(1, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Memory of the process, to read what the pause left; not of pages that are missing. */
    public ProcessMemory memory() {
        return ProcessMemory.of(pid);
    }
}
