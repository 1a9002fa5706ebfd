package dev.godwit.hypervisor.cli.record;

import dev.godwit.hypervisor.cli.CommandFailure;
import dev.godwit.hypervisor.cli.ExitCode;
import dev.godwit.trace.TraceEnd;
import dev.godwit.trace.TraceFormatException;
import java.io.PrintWriter;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Follows a recording to its end: shows how far it is, notices when it does not begin or breaks off, and takes the
 * directory back when it failed.
 */
public final class Recording {
    private static final long LOOK_MILLIS = 200;
    private static final long FIRST_STATUS_CHECK_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long LONGEST_START_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LONGEST_OVERTIME_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LONGEST_SHUTDOWN_MILLIS = 20_000;

    private final Subject subject;
    private final OutputDirectory output;
    private final OptionalLong durationNanos;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean interrupted;

    private Recording(Subject subject, OutputDirectory output, OptionalLong durationNanos) {
        this.subject = subject;
        this.output = output;
        this.durationNanos = durationNanos;
    }

    /** The program that is recorded. */
    interface Subject {
        boolean isAlive();

        /** State of its agent, as {@code AgentStatus} words it; empty when it cannot be asked. */
        String agentStatus();

        /** Makes the recording end soon: ends the program, or tells its agent. */
        void stop();

        /** The recording has ended well. */
        void recordingEnded(TraceEnd.Reason reason) throws InterruptedException;

        /** How the program is called in messages. */
        String description();

        /** How it ended, such as {@code ended with exit code 1}. */
        String ending();
    }

    /**
     * Waits for the end of the recording; Ctrl-C ends it early.
     *
     * @return what was recorded
     * @throws CommandFailure if it failed; its directory is then as it was before
     */
    static Outcome follow(Subject subject, OutputDirectory output, RecordSettings settings, PrintWriter err)
            throws InterruptedException {
        Recording recording = new Recording(subject, output, settings.durationNanos());
        Thread hook = new Thread(recording::interrupt, "godwit-interrupt");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            Outcome outcome = recording.followOrRemove(err);
            recording.ended(hook, err, outcome.lines());
            return outcome;
        } catch (CommandFailure e) {
            recording.ended(hook, err, List.of("godwit: " + e.getMessage()));
            throw e;
        }
    }

    private Outcome followOrRemove(PrintWriter err) throws InterruptedException {
        boolean kept = false;
        try (TraceFollower follower = new TraceFollower(output.path())) {
            Outcome outcome = follow(follower, err);
            kept = true;
            return outcome;
        } catch (TraceFormatException e) {
            throw new CommandFailure(
                    ExitCode.RECORDING_FAILED, "the recording broke: " + e.getMessage() + removal(), e);
        } finally {
            if (!kept) {
                subject.stop();
                output.remove();
            }
        }
    }

    /** After Ctrl-C the caller has no more time to say what became of the recording, so it is said here. */
    private void ended(Thread hook, PrintWriter err, List<String> lines) throws InterruptedException {
        if (interrupted) {
            lines.forEach(err::println);
            err.flush();
            done.countDown();
            Thread.currentThread().join();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // Ctrl-C came just now; there is nothing left to wait for.
            done.countDown();
        }
    }

    private Outcome follow(TraceFollower follower, PrintWriter err) throws TraceFormatException, InterruptedException {
        long start = System.nanoTime();
        long nextStatusCheck = FIRST_STATUS_CHECK_NANOS;
        try (Progress progress = Progress.start(err, durationNanos)) {
            while (follower.end().isEmpty()) {
                boolean alive = subject.isAlive();
                follower.drain();
                progress.show(follower);
                long nanos = System.nanoTime() - start;
                if (follower.end().isPresent()) {
                    break;
                } else if (!alive) {
                    throw endedTooEarly(follower);
                } else if (interrupted) {
                    stopAndDrain(follower);
                } else if (!follower.hasBegun() && nanos > nextStatusCheck) {
                    checkStart(nanos);
                    nextStatusCheck = nanos + TimeUnit.SECONDS.toNanos(1);
                } else {
                    checkOvertime(follower, nanos);
                }
                Thread.sleep(LOOK_MILLIS);
            }
        }
        return ended(follower);
    }

    private Outcome ended(TraceFollower follower) throws InterruptedException {
        TraceEnd end = follower.end().orElseThrow();
        if (end.reason() == TraceEnd.Reason.FAILED) {
            String why = follower.notices().isEmpty()
                    ? "it does not say why"
                    : follower.notices().get(follower.notices().size() - 1);
            throw failure("the recorder in " + subject.description() + " failed: " + why);
        }
        if (end.reason() == TraceEnd.Reason.OUT_OF_SPACE && output.isDiskFull()) {
            throw failure("the disk of " + output.path() + " is full; free some space, or name a directory on another"
                    + " disk with --output");
        }
        subject.recordingEnded(interrupted ? TraceEnd.Reason.COMPLETED : end.reason());
        return new Outcome(
                output.path(),
                end,
                follower.meanBytesPerSecond(),
                follower.collections(),
                follower.lost(),
                follower.notices());
    }

    /** Ctrl-C: the recording up to here is kept if the recorder can still end it. */
    private void stopAndDrain(TraceFollower follower) throws TraceFormatException {
        subject.stop();
        follower.drain();
        if (follower.end().isEmpty() && !subject.isAlive()) {
            throw failure("interrupted before the recorder could end its trace");
        }
    }

    private void checkStart(long nanos) {
        String status = subject.agentStatus();
        if (status.startsWith("failed")) {
            throw failure("the agent in " + subject.description() + " " + status);
        }
        if (nanos > LONGEST_START_NANOS) {
            throw failure("the recording in " + subject.description() + " has not begun after "
                    + TimeUnit.NANOSECONDS.toSeconds(nanos) + " s"
                    + (status.isEmpty() ? "; is it a JVM that can take an agent?" : ", its agent says: " + status));
        }
    }

    private void checkOvertime(TraceFollower follower, long nanos) {
        if (follower.hasBegun() && durationNanos.isPresent()) {
            long latest = durationNanos.getAsLong() + LONGEST_START_NANOS + LONGEST_OVERTIME_NANOS;
            if (nanos > latest) {
                throw failure("the recording in " + subject.description() + " does not end; it is at second "
                        + TimeUnit.NANOSECONDS.toSeconds(follower.reachedNanos()));
            }
        }
    }

    private CommandFailure endedTooEarly(TraceFollower follower) {
        if (follower.hasBegun()) {
            return failure(subject.description() + " " + subject.ending() + " before its recorder could end the trace");
        }
        return failure(subject.description() + " " + subject.ending() + " before the recording began");
    }

    private CommandFailure failure(String what) {
        return new CommandFailure(ExitCode.RECORDING_FAILED, what + removal());
    }

    private String removal() {
        return " (the half-written " + output.path() + " was removed)";
    }

    /** Runs when the JVM is asked to end; the thread that follows the recording does the work. */
    private void interrupt() {
        interrupted = true;
        try {
            boolean unused = done.await(LONGEST_SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
