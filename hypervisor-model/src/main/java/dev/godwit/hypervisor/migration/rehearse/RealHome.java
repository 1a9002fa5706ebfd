package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.guest.live.ProcessPages;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.migration.ConvergencePolicy;
import dev.godwit.hypervisor.migration.Course;
import dev.godwit.hypervisor.migration.Loss;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.WayHomeStatistics;
import dev.godwit.hypervisor.migration.demand.HomeWay;
import dev.godwit.hypervisor.sim.WallClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The way home of a program whose pages were taken away: what it writes goes from it to the destination host and back over the
 * link, as consistent points, each cut while it stands.
 *
 * <p>A real hypervisor falls back to the last point when the destination is lost. The program of a rehearsal need not: it
 * runs on as it is, and the result says how much work a VM would have done again.
 *
 * <p>The engine's thread does all but sending and taking what comes back.
 */
final class RealHome implements HomeWay, AutoCloseable {
    /** From one point to the next at the least, as in replays. */
    private static final long INTERVAL_NANOS = 100_000_000;

    /** The program stands for points for so small a part of the time at the most. */
    private static final int RUNS_AT_LEAST = 10;

    private static final int MAX_ROUNDS = 5;

    private final Course course;
    private final MigrationSetting setting;
    private final Program program;
    private final ProcessPages pages;
    private final WayHomeStatistics.Counters counters = new WayHomeStatistics.Counters();
    private final ExecutorService sending = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "godwit-way-home");
        thread.setDaemon(true);
        return thread;
    });
    private ChangedPages changes;
    private ReturnedPages connection;
    private ChangedPages.Point underway;
    private long points;
    private volatile long cameBackPoint;
    private volatile long cameBackNanos;
    private long heldSinceNanos;
    private long lastCutNanos;
    private long nextCutNanos = Long.MAX_VALUE;
    private long sentBackBytes;
    private long lastRoundBytes;
    private int roundsHome;
    private boolean goingHome;
    private boolean lastIsCut;
    private boolean home;
    private boolean closed;
    private long homeNanos;
    private long comparedPages;
    private long differentPages;
    private long comparingNanos;

    /** Stops the program, lets it go, and is told how it fares. */
    interface Program {
        /** Stops it, for what is done here first. */
        void stop();

        /** It stands for what is on its way. */
        void waits();

        /** Lets it go on. */
        void goOn();

        /** It is asked home. */
        void asked();

        /** It stands, and goes on at home next: nothing of it is missing there. */
        void arrived();
    }

    RealHome(Course course, Program program, ProcessPages pages) {
        this.course = course;
        this.setting = course.setting();
        this.program = program;
        this.pages = pages;
    }

    /** What is needed to cut points: at the switch, before the program goes on. */
    void use(ChangedPages changed, ReturnedPages returned) {
        changes = changed;
        connection = returned;
    }

    @Override
    public void open() {
        // The switch itself is the first point: the source has it.
    }

    @Override
    public void begin() {
        heldSinceNanos = setting.clock().nanos();
        lastCutNanos = heldSinceNanos;
        nextCutNanos = heldSinceNanos + INTERVAL_NANOS;
    }

    /** Does what is due; between two pages that are sent. */
    void tick() {
        if (closed || home || changes == null) {
            return;
        }
        long now = setting.clock().nanos();
        boolean back = underway != null && cameBackPoint == points;
        if (back && WallClock.nanos() - cameBackNanos >= setting.link().latencyNanos()) {
            arrive();
        }
        if (underway == null && !goingHome && now >= nextCutNanos) {
            cut(false);
        }
    }

    private void cut(boolean last) {
        program.stop();
        long from = setting.clock().nanos();
        underway = changes.collect();
        points++;
        lastIsCut = last;
        program.waits();
        if (!last) {
            program.goOn();
            long stood = setting.clock().nanos() - from;
            counters.stopped(stood);
            nextCutNanos = from + Math.max(INTERVAL_NANOS, RUNS_AT_LEAST * stood);
        }
        lastCutNanos = from;
        long bytes = MigrationEngine.STATE_BYTES
                + (long) underway.written().length * setting.encoder().encodedBytes(false)
                + (long) underway.given().length * setting.encoder().encodedBytes(true);
        sentBackBytes += bytes;
        counters.sent(underway.written().length + (long) underway.given().length, bytes);
        ChangedPages.Point point = underway;
        long number = points;
        sending.execute(() -> send(point, number));
    }

    private void send(ChangedPages.Point point, long number) {
        try {
            ByteBuffer nothing = ByteBuffer.allocate(0);
            forRuns(
                    point.written(),
                    (gfn, count) -> connection.send(
                            pages.page(gfn),
                            count,
                            ReturnPort.CHANGE,
                            changes.underway().pages(gfn, count)));
            forRuns(point.given(), (gfn, count) -> connection.send(pages.page(gfn), count, ReturnPort.GONE, nothing));
            connection.send(number, 0, ReturnPort.POINT, nothing);
        } catch (IOException | RuntimeException lost) {
            // Whoever reads from the connection finds out, and says so.
        }
    }

    private interface Run {
        void send(int gfn, int count) throws IOException;
    }

    private void forRuns(int[] gfns, Run run) throws IOException {
        for (int i = 0; i < gfns.length; ) {
            int first = gfns[i];
            int count = 1;
            while (i + count < gfns.length
                    && gfns[i + count] == first + count
                    && count < ReturnPort.MOST_PAGES / 4
                    && pages.page(first + count) == pages.page(first) + count) {
                count++;
            }
            run.send(first, count);
            i += count;
        }
    }

    /** Of the connection's thread: what came back must be what was sent. */
    void cameBack(long firstPage, int count, ByteBuffer data) throws IOException {
        int gfn = pages.gfnOf(firstPage);
        if (gfn < 0 || data.mismatch(changes.underway().pages(gfn, count)) >= 0) {
            throw new IOException("of " + count + " changed pages from " + firstPage + " on one came back as another");
        }
    }

    /** Of the connection's thread. */
    void pointCameBack(long number) {
        cameBackNanos = WallClock.nanos();
        cameBackPoint = number;
    }

    private void arrive() {
        changes.take(underway);
        underway = null;
        counters.arrived(setting.clock().nanos() - heldSinceNanos);
        heldSinceNanos = lastCutNanos;
        noteRisk();
        if (lastIsCut) {
            arriveHome();
        }
    }

    @Override
    public void goHome() {
        goingHome = true;
        setting.progress().goesHome();
        counters.asked(setting.clock().nanos(), sentBackBytes);
        program.asked();
    }

    @Override
    public boolean isHome() {
        if (goingHome && !home && underway == null) {
            long before = sentBackBytes;
            boolean last = ++roundsHome > MAX_ROUNDS || (roundsHome > 1 && fits());
            cut(last);
            lastRoundBytes = sentBackBytes - before;
        }
        return home;
    }

    /** What was written in the last round home is what the last one is expected to carry. */
    private boolean fits() {
        return setting.convergence()
                .fits(new ConvergencePolicy.Statistics(
                        roundsHome,
                        lastRoundBytes,
                        setting.link().bandwidthBytesPerSecond(),
                        setting.link().latencyNanos()));
    }

    private void arriveHome() {
        long downtimeNanos = setting.clock().nanos() - lastCutNanos;
        long comparing = WallClock.nanos();
        long[] compared = changes.compare();
        comparedPages = compared[0];
        differentPages = compared[1];
        comparingNanos = WallClock.nanos() - comparing;
        VirtualMachine source = setting.source();
        VirtualMachine destination = setting.destination();
        source.load(destination);
        // In this order: at no moment may both run.
        destination.release();
        program.arrived();
        source.resume();
        home = true;
        homeNanos = setting.clock().nanos();
        course.statistics().setDowntimeNanos(course.statistics().downtimeNanos() + downtimeNanos);
        counters.arrivedHome(homeNanos - comparingNanos, sentBackBytes, downtimeNanos);
        end();
    }

    @Override
    public long homeNanos() {
        return homeNanos;
    }

    @Override
    public void forget() {
        noteRisk();
        end();
    }

    @Override
    public boolean fallBack() {
        noteRisk();
        end();
        long lostNanos = setting.clock().nanos() - heldSinceNanos;
        setting.destination().release();
        setting.source().resume();
        course.rolledBack(lostNanos);
        return true;
    }

    /** A destination that is lost right now takes the work since the last whole point with it. */
    private void noteRisk() {
        long now = setting.clock().nanos();
        course.statistics().atRisk(Loss.work(now - heldSinceNanos, now), Loss.NOTHING);
    }

    @Override
    public boolean keepsPoints() {
        return true;
    }

    private void end() {
        closed = true;
        course.statistics().setWayHome(counters.sum());
    }

    /** Pages of the stopped program that were compared with the source's when it came home. */
    long comparedPages() {
        return comparedPages;
    }

    /** Those of them that differed. */
    long differentPages() {
        return differentPages;
    }

    /** How long it stood for that, which a VM would not. */
    long comparingNanos() {
        return comparingNanos;
    }

    @Override
    public void close() {
        sending.shutdownNow();
        boolean ended = false;
        try {
            ended = sending.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        // Whoever still sends reads from it: then it is left to the end of this JVM.
        if (changes != null && ended) {
            changes.close();
        }
    }
}
