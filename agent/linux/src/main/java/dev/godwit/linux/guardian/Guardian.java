package dev.godwit.linux.guardian;

import dev.godwit.linux.NativeAccess;
import dev.godwit.linux.ProcessMaps;
import dev.godwit.linux.ProcessMemory;
import dev.godwit.linux.RemoteUserfaultfd;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

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

    private static final int READ_BYTES = 128 * Message.BYTES;

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
     * Answer of a command.
     *
     * @param first as {@link Message} says for the command
     * @param second as {@link Message} says for the command
     */
    private record Answer(long first, long second) {}

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
    private final OutputStream commands;
    private final ByteBuffer command = ByteBuffer.allocate(Message.BYTES).order(ByteOrder.nativeOrder());
    private final AtomicInteger sequences = new AtomicInteger();
    private final Map<Integer, CompletableFuture<Answer>> waiting = new ConcurrentHashMap<>();
    private final CompletableFuture<Answer> ready = new CompletableFuture<>();
    private final CountDownLatch finished = new CountDownLatch(1);
    private final StandardError errors;
    private volatile String lost;
    private RemoteUserfaultfd userfaultfd;
    private boolean open = true;

    private Guardian(long pid, SafetyCopy copy, Listener listener, Process process) {
        this.pid = pid;
        this.copy = copy;
        this.listener = listener;
        this.process = process;
        this.commands = process.getOutputStream();
        this.errors = new StandardError(process.getErrorStream());
        Thread reader = new Thread(this::readMessages, "godwit-guardian-reader");
        reader.setDaemon(true);
        reader.start();
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
        Guardian guardian = new Guardian(pid, copy, listener, new ProcessBuilder(command(pid, copy.fd())).start());
        try {
            guardian.await("start", guardian.ready, START_LIMIT_NANOS);
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
     * ranges for {@link RemoteUserfaultfd#WRITES}, and is closed by {@link #close}.
     *
     * @param forMissingPages also for {@link #drop}, which the process must be privileged for; false: for tracking alone
     * @throws GuardianException with the reason if it cannot be made
     */
    public synchronized RemoteUserfaultfd openUserfaultfd(boolean forMissingPages) {
        Answer answer = call("open userfaultfd", Message.OPEN, forMissingPages ? 1 : 0);
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
        Answer answer = call("pause", Message.PAUSE, limitNanos, PAUSE_NANOS);
        return new Paused((int) answer.first(), answer.second());
    }

    /**
     * Lets the process go on.
     *
     * @return how long it took, in nanoseconds
     * @throws GuardianException if it went on by itself before, as the pause lasted too long
     */
    public long resume() {
        return call("resume", Message.RESUME, 0).second();
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
        return call("empty pages", Message.EMPTY, 0).first();
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
        Answer answer = call("drop", Message.DROP, tracked ? 1 : 0);
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
        send(Message.ARRIVED, 0, slot, pages);
    }

    /**
     * As {@link #arrived} for one page that a thread waits for: it is brought before all that arrived earlier and is not
     * brought yet.
     */
    public void arrivedOnRequest(int slot) {
        synchronized (commands) {
            if (copy.putUrgent(slot)) {
                send(Message.URGENT, 0, 0, 0);
                return;
            }
        }
        arrived(slot, 1);
    }

    /** Says that nothing will arrive any more: the rest is brought from the copy, as fast as it goes. */
    public void abandon() {
        send(Message.ABANDON, 0, 0, 0);
    }

    /** Sets how long a thread may wait for a page until it gets the one of the copy; a second at first. */
    public void setDeadline(long nanos) {
        send(Message.DEADLINE, 0, nanos, 0);
    }

    /**
     * Waits until every dropped page has been brought.
     *
     * @return false if the limit passed
     * @throws GuardianException if the process or the guardian ended before
     */
    public boolean awaitFinished(long limitNanos) throws InterruptedException {
        boolean isFinished = finished.await(limitNanos, TimeUnit.NANOSECONDS);
        if (lost != null && copy.counter(Counter.SERVING_NANOS) == 0) {
            throw new GuardianException(lost);
        }
        return (isFinished && lost == null) || copy.counter(Counter.SERVING_NANOS) > 0;
    }

    private Answer call(String what, int type, long first) {
        return call(what, type, first, 0);
    }

    private Answer call(String what, int type, long first, long second) {
        int sequence = sequences.incrementAndGet();
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        waiting.put(sequence, answer);
        if (lost != null) {
            throw new GuardianException(lost);
        }
        send(type, sequence, first, second);
        return await(what, answer, COMMAND_LIMIT_NANOS);
    }

    private void send(int type, int sequence, long first, long second) {
        synchronized (commands) {
            command.putInt(Message.TYPE, type)
                    .putInt(Message.SEQUENCE, sequence)
                    .putLong(Message.FIRST, first)
                    .putLong(Message.SECOND, second);
            try {
                commands.write(command.array());
                commands.flush();
            } catch (IOException broken) {
                throw new GuardianException("guardian of process " + pid + " does not listen any more", broken);
            }
        }
    }

    private Answer await(String what, CompletableFuture<Answer> answer, long limitNanos) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + limitNanos;
        try {
            while (true) {
                try {
                    return answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException later) {
                    // Half a pause is worse than a late one.
                    interrupted = true;
                }
            }
        } catch (ExecutionException failure) {
            throw new GuardianException(
                    "guardian of process " + pid + " cannot " + what + ": "
                            + failure.getCause().getMessage(),
                    failure.getCause());
        } catch (TimeoutException late) {
            throw new GuardianException("guardian of process " + pid + " did not " + what + " in time", late);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void readMessages() {
        String why;
        try (GuardianMessages messages = new GuardianMessages(process.getInputStream(), READ_BYTES)) {
            while (true) {
                messages.next();
                handle(messages);
            }
        } catch (EOFException ended) {
            why = "guardian of process " + pid + " has ended" + errors.describe();
        } catch (IOException | RuntimeException failure) {
            why = "guardian of process " + pid + " cannot be understood: " + failure;
        }
        lose(why);
    }

    private void handle(GuardianMessages message) throws IOException {
        switch (message.type()) {
            case Message.REQUEST -> listener.pageRequested((int) message.first());
            case Message.READY -> ready.complete(new Answer(0, 0));
            case Message.DONE -> {
                CompletableFuture<Answer> answer = waiting.remove(message.sequence());
                if (answer != null) {
                    answer.complete(new Answer(message.first(), message.second()));
                }
            }
            case Message.FAILED -> fail(message.sequence(), message.text());
            case Message.FINISHED -> {
                finished.countDown();
                listener.finished();
            }
            case Message.GONE -> lose("process " + pid + " has ended");
            default -> throw new IOException("message of type " + message.type());
        }
    }

    private void fail(int sequence, String text) {
        CompletableFuture<Answer> answer = waiting.remove(sequence);
        if (answer != null) {
            answer.completeExceptionally(new GuardianException(text));
        } else if (!ready.completeExceptionally(new GuardianException(text))) {
            listener.warned(text);
        }
    }

    private void lose(String why) {
        boolean first = lost == null;
        if (first) {
            lost = why;
        }
        GuardianException failure = new GuardianException(lost);
        ready.completeExceptionally(failure);
        waiting.values().forEach(answer -> answer.completeExceptionally(failure));
        finished.countDown();
        if (first && open) {
            listener.lost(why);
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
            int sequence = sequences.incrementAndGet();
            CompletableFuture<Answer> answer = new CompletableFuture<>();
            waiting.put(sequence, answer);
            if (lost == null) {
                send(Message.RELEASE, sequence, 0, 0);
                await("release", answer, RELEASE_LIMIT_NANOS);
            }
        } catch (GuardianException busyOrEnded) {
            // It ends by itself once every page has been brought.
            closeQuietly();
            return;
        }
        closeQuietly();
        try {
            process.waitFor(1, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeQuietly() {
        try {
            commands.close();
        } catch (IOException alreadyBroken) {
            // There is nobody at the other end.
        }
    }

    /** Memory of the process, to read what the pause left; not of pages that are missing. */
    public ProcessMemory memory() {
        return ProcessMemory.of(pid);
    }
}
