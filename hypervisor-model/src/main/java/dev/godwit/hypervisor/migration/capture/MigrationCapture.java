package dev.godwit.hypervisor.migration.capture;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationResult;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.RoundStatistics;
import dev.godwit.hypervisor.page.Encoding;
import dev.godwit.hypervisor.page.ForwardingEncoder;
import dev.godwit.hypervisor.page.PageEncoder;
import dev.godwit.hypervisor.stream.ControlRecord;
import dev.godwit.hypervisor.stream.Direction;
import dev.godwit.hypervisor.stream.PageRun;
import dev.godwit.hypervisor.stream.RoundKind;
import dev.godwit.hypervisor.vcpu.Vcpu;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes one modelled migration down as a stream. Stands in front of the migration's encoder, where every page passes, and
 * watches both VMs: engines know nothing of it, and it changes nothing of what they do.
 *
 * <p>What goes wrong with the file is kept until {@link #finish}, so that the migration itself is not disturbed.
 */
public final class MigrationCapture extends ForwardingEncoder {
    private static final int RUNS_AT_ONCE = 1 << 17;

    /** Stands for a page of which no version went over; as a token it would be of a kind that there is not. */
    private static final long NOT_SENT = -1;

    private final CaptureFile file;
    private final VirtualMachine source;
    private final VirtualMachine destination;
    private final long[] lastSent;
    private PageBitmap dropped;
    private long points;
    private boolean isHome;
    private Stage stage = Stage.LIVE;
    private Exception failure;

    private enum Stage {
        LIVE,
        PAUSED,
        AHEAD
    }

    /** Does something that may fail. */
    interface Step {
        void run() throws IOException;
    }

    MigrationCapture(CaptureFile file, PageEncoder encoder, VirtualMachine source, VirtualMachine destination) {
        super(encoder);
        this.file = file;
        this.source = source;
        this.destination = destination;
        this.lastSent = new long[source.memory().pages()];
        java.util.Arrays.fill(lastSent, NOT_SENT);
        source.watch(vm -> attempt(this::sourceChanged));
        destination.watch(vm -> attempt(this::destinationChanged));
    }

    /** Tells which pages the engine proves empty; the bitmap is read when the VM is given over. */
    public void drops(PageBitmap pages) {
        dropped = pages;
    }

    @Override
    public int encode(int gfn, int kindCode, boolean zero) {
        int bytes = super.encode(gfn, kindCode, zero);
        attempt(() -> pageSent(gfn));
        return bytes;
    }

    private void pageSent(int gfn) throws IOException {
        GuestMemory memory = source.memory();
        if (!file.isRoundOpen()) {
            file.beginRound(
                    Direction.FORWARD,
                    switch (stage) {
                        case LIVE -> RoundKind.LIVE;
                        case PAUSED -> RoundKind.PAUSED;
                        case AHEAD -> RoundKind.DEMAND;
                    });
        }
        boolean waitedFor = stage == Stage.AHEAD && destination.memory().faultedPage() == gfn;
        if (waitedFor) {
            file.put(Direction.REVERSE, new ControlRecord.Request(gfn));
            file.answer();
        }
        long content = memory.peek(gfn);
        file.page(gfn, content, picked(), lastSent[gfn] != NOT_SENT, lastSent[gfn]);
        lastSent[gfn] = content;
        if (waitedFor) {
            file.flush();
        }
    }

    private void sourceChanged() throws IOException {
        Vcpu.RunState state = source.vcpu().state();
        if (state == Vcpu.RunState.PAUSED && stage == Stage.LIVE) {
            file.endRound();
            file.put(new ControlRecord.Paused());
            stage = Stage.PAUSED;
        } else if (state == Vcpu.RunState.RUNNING && stage == Stage.PAUSED) {
            file.endRound();
            file.put(new ControlRecord.Unpaused());
            stage = Stage.LIVE;
        }
    }

    private void destinationChanged() throws IOException {
        if (destination.isRunning() && stage == Stage.PAUSED) {
            giveOver();
            stage = Stage.AHEAD;
        }
    }

    /** The guest is about to run at the destination: what it has, what it waits for, what nobody needs. */
    private void giveOver() throws IOException {
        GuestMemory memory = source.memory();
        GuestMemory there = destination.memory();
        List<PageRun> missing = new ArrayList<>();
        for (int gfn = 0; gfn < memory.pages(); gfn++) {
            if (there.isMissing(gfn)) {
                append(missing, gfn);
                continue;
            }
            boolean needless = dropped.get(gfn) || memory.balloon().holds(gfn);
            if (needless || lastSent[gfn] == NOT_SENT) {
                if (!file.isRoundOpen()) {
                    file.beginRound(Direction.FORWARD, RoundKind.PAUSED);
                }
                if (needless) {
                    file.dropped(gfn);
                } else {
                    // Nobody sent it and nobody waits for it: the destination gets it from storage.
                    file.stored(gfn);
                }
            }
        }
        file.endRound();
        for (int from = 0; from < missing.size(); from += RUNS_AT_ONCE) {
            file.put(new ControlRecord.Missing(missing.subList(from, Math.min(missing.size(), from + RUNS_AT_ONCE))));
        }
        file.put(new ControlRecord.State(ControlRecord.State.VCPU, 0, new byte[Vcpu.STATE_BYTES]));
        file.put(new ControlRecord.State(
                ControlRecord.State.DEVICE, 0, new byte[MigrationEngine.STATE_BYTES - Vcpu.STATE_BYTES]));
        file.hashes(memory.pages(), memory::peek);
        file.put(new ControlRecord.SwitchOver(
                missing.stream().mapToLong(PageRun::pages).sum()));
        file.put(Direction.REVERSE, new ControlRecord.Resumed());
    }

    private static void append(List<PageRun> runs, int gfn) {
        int last = runs.size() - 1;
        if (last >= 0 && runs.get(last).end() == gfn) {
            runs.set(last, new PageRun(runs.get(last).first(), runs.get(last).pages() + 1));
        } else {
            runs.add(new PageRun(gfn, 1));
        }
    }

    /** Passes on what a migration tells, and writes down what comes back. */
    public ProgressListener following(ProgressListener progress) {
        return new ProgressListener() {
            @Override
            public void started(String technique, boolean hints) {
                progress.started(technique, hints);
            }

            @Override
            public void progressed(int round, long donePages, long totalPages) {
                progress.progressed(round, donePages, totalPages);
            }

            @Override
            public void roundEnded(RoundStatistics round) {
                progress.roundEnded(round);
            }

            @Override
            public void goesHome() {
                progress.goesHome();
                attempt(() -> {
                    file.flush();
                    file.put(new ControlRecord.Cancel("the VM is to come home"));
                });
            }

            @Override
            public void cameBack(int[] gfns, long[] contents, boolean last) {
                progress.cameBack(gfns, contents, last);
                attempt(() -> pointArrived(gfns, contents, last));
            }

            @Override
            public void finished(MigrationResult result) {
                progress.finished(result);
            }
        };
    }

    private void pointArrived(int[] gfns, long[] contents, boolean last) throws IOException {
        file.back(() -> {
            for (int i = 0; i < gfns.length; i++) {
                file.page(gfns[i], contents[i], Encoding.RAW, true, contents[i]);
                lastSent[gfns[i]] = contents[i];
            }
        });
        file.put(Direction.REVERSE, new ControlRecord.State(ControlRecord.State.VCPU, 0, new byte[Vcpu.STATE_BYTES]));
        file.put(Direction.REVERSE, new ControlRecord.ConsistentPoint(++points, last));
        isHome = last;
    }

    /**
     * Ends the stream as the migration ended.
     *
     * @throws UncheckedIOException if the file could not be written; nothing is left of it
     */
    public void finish(MigrationStatus status, String reason) {
        attempt(() -> end(status, reason));
        if (failure != null) {
            file.abandon();
            IOException cause = failure instanceof IOException io ? io : new IOException(failure);
            throw new UncheckedIOException("the stream could not be written: " + failure.getMessage(), cause);
        }
    }

    private void end(MigrationStatus status, String reason) throws IOException {
        if (isHome) {
            complete(ControlRecord.Completed.AT_SOURCE);
        } else {
            endAway(status, reason);
        }
        file.end(Direction.FORWARD);
        if (isHome || status != MigrationStatus.FAILED) {
            file.end(Direction.REVERSE);
        }
        file.finish();
    }

    private void complete(int outcome) throws IOException {
        file.endRound();
        file.put(new ControlRecord.Completed(
                outcome, file.carried().pages(), file.carried().dataBytes()));
        file.put(Direction.REVERSE, new ControlRecord.Acknowledged());
    }

    private void endAway(MigrationStatus status, String reason) throws IOException {
        switch (status) {
            case COMPLETED -> complete(ControlRecord.Completed.AT_DESTINATION);
            case CANCELLED -> {
                file.flush();
                file.put(new ControlRecord.Cancel(reason));
                file.put(Direction.REVERSE, new ControlRecord.Acknowledged());
            }
            default -> {
                file.flush();
                file.put(new ControlRecord.Failure(ControlRecord.Failure.PEER_LOST, reason));
            }
        }
    }

    /** Keeps the first failure, and writes nothing behind it. */
    private void attempt(Step step) {
        if (failure != null) {
            return;
        }
        try {
            step.run();
        } catch (IOException | RuntimeException failed) {
            failure = failed;
        }
    }

    @Override
    public void endRound() {
        super.endRound();
        attempt(file::endRound);
    }
}
