package dev.godwit.hypervisor.migration.demand;

import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.memory.Balloon;
import dev.godwit.hypervisor.memory.DirtyLog;
import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.memory.PageContent;
import dev.godwit.hypervisor.migration.Course;
import dev.godwit.hypervisor.migration.Loss;
import dev.godwit.hypervisor.migration.MigrationEngine;
import dev.godwit.hypervisor.migration.MigrationSetting;
import dev.godwit.hypervisor.migration.MigrationStatistics;
import dev.godwit.hypervisor.migration.WayHomeStatistics;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.Link;
import java.util.Arrays;

/**
 * Brings what a guest writes at the destination back to the source, over the other direction of the link.
 *
 * <p>What has come back is taken over whole: the source keeps the state that it has until all pages written since, and the
 * state of VCPU and devices with them, are there. Each such state is a consistent point, which the guest can go on from. To
 * cut one the guest stands still for as long as reading the dirty log and copying the pages aside takes; they are sent while
 * it runs on. The first point is the switch itself.
 *
 * <p>Where the guest's agent tells, a point leaves out what is proven to hold nothing as it is cut. On the way home the young
 * generation is left out of the rounds and collected before the last stop, as on the way out.
 *
 * <p>Example: at 20 MB/s of distinct pages and 1 Gbit/s back, a point every 100 ms holds 2 MB: 0.5 ms of standstill, 18 ms
 * on the link. A destination that is lost just before it has arrived takes 118 ms of work with it.
 *
 * <p>What leaves the guest between two points (packets, writes to disk) would have to be held back until the second is
 * complete, as in Remus (NSDI 2008) and PostCopyFT (INFOCOM 2019). The model holds nothing back; for how long one would have
 * to is in {@link WayHomeStatistics#longestHeldNanos}, and what a guest that falls back finds then is in {@link
 * dev.godwit.hypervisor.device.DeviceBoard.State}.
 */
public final class WayHome implements HomeWay {
    /** From one point to the next at the least. Remus takes 25 to 200 ms. */
    public static final long POINT_INTERVAL_NANOS = 100_000_000;

    /**
     * Copying pages aside while the guest stands still: scattered pages of 4 KiB through process_vm_readv, 256 in a call,
     * measured on a 2-core x86-64 VM with Linux 6.18.
     */
    static final double COPY_BYTES_PER_SECOND = 3.8e9;

    private final Course course;
    private final MigrationSetting setting;
    private final VirtualClock clock;
    private final VirtualMachine source;
    private final VirtualMachine destination;
    private final Link link;
    private final MigrationStatistics statistics;
    private final boolean keepsPoints;
    private final LeftBehind leftBehind;
    private final HomewardRounds rounds;
    /** Written and not at the source: since the last stop, and what was left out at earlier ones. */
    private final PageBitmap changed;

    private final WayHomeStatistics.Counters counters = new WayHomeStatistics.Counters();

    private VirtualMachine.Checkpoint held;
    private Point underway;
    private long lastCutNanos;
    private int planned;
    private boolean goingHome;
    private boolean home;
    private long homeNanos;
    private boolean closed;

    /** What is needed to go on from a moment, over the point before it. */
    private static final class Point {
        private final VirtualMachine.Checkpoint state;
        private final Balloon.State balloon;
        private final long stateBytes;
        private final long sinceNanos;
        private final boolean last;
        private final int[] gfns;
        private final long[] contents;

        Point(
                VirtualMachine.Checkpoint state,
                Balloon.State balloon,
                long stateBytes,
                long sinceNanos,
                boolean last,
                int[] gfns) {
            this.state = state;
            this.balloon = balloon;
            this.stateBytes = stateBytes;
            this.sinceNanos = sinceNanos;
            this.last = last;
            this.gfns = gfns;
            this.contents = new long[gfns.length];
        }
    }

    /**
     * @param keepsPoints true to send all the time, so that the source can take over at any moment; false to begin when the
     *     guest is to come home
     */
    public WayHome(Course course, boolean keepsPoints) {
        this.course = course;
        this.keepsPoints = keepsPoints;
        setting = course.setting();
        clock = setting.virtualClock();
        source = setting.source();
        destination = setting.destination();
        link = setting.link();
        statistics = course.statistics();
        changed = new PageBitmap(source.memory().pages());
        leftBehind = new LeftBehind(setting.agent(), setting.policy(), statistics::notice);
        rounds = new HomewardRounds(course, leftBehind, changed);
    }

    /** The guest is about to run at the destination; the source stands still and has all of it. */
    @Override
    public void open() {
        if (keepsPoints) {
            held = source.checkpoint();
        }
        log().start();
        // Before the guest gets there: it waits for its state, which takes longer.
        statistics.addDirtyLogNanos(log().takeCostNanos());
        lastCutNanos = clock.nanos();
    }

    /** The guest runs at the destination. */
    @Override
    public void begin() {
        lastCutNanos = clock.nanos();
        if (keepsPoints) {
            planCut(clock.nanos() + POINT_INTERVAL_NANOS);
        }
    }

    private void planCut(long atNanos) {
        int plan = ++planned;
        clock.at(atNanos, () -> {
            if (!closed && plan == planned) {
                cut();
            }
        });
    }

    /** From now on the guest comes home as fast as it can. */
    @Override
    public void goHome() {
        goingHome = true;
        setting.progress().goesHome();
        counters.asked(clock.nanos(), link.sentBackBytes());
        if (underway == null) {
            planned++;
            cut();
        }
    }

    @Override
    public boolean isHome() {
        return home;
    }

    /** Since when it is. */
    @Override
    public long homeNanos() {
        return homeNanos;
    }

    private void cut() {
        destination.pause();
        collectChanged();
        leftBehind.read();
        boolean last = goingHome && rounds.mayStop();
        long scanNanos = log().takeCostNanos();
        statistics.addDirtyLogNanos(scanNanos);
        underway = take(last);
        lastCutNanos = clock.nanos();
        if (last) {
            // It does not run here again.
            send();
        } else {
            long stopNanos = scanNanos
                    + (long) Math.ceil(underway.gfns.length
                            * (double) source.memory().pageSizeBytes()
                            * 1e9
                            / COPY_BYTES_PER_SECOND);
            counters.stopped(stopNanos);
            clock.at(clock.nanos() + stopNanos, this::runOn);
        }
    }

    /** A page that was given back holds nothing: the list of such pages goes along with the state. */
    private void collectChanged() {
        log().getAndClear(changed);
        destination.memory().balloon().removeFrom(changed);
    }

    private Point take(boolean last) {
        int[] gfns = choose(goingHome && !keepsPoints && !last && rounds.defersYoung());
        Point point = new Point(
                keepsPoints ? destination.checkpoint() : null,
                destination.memory().balloon().save(),
                MigrationEngine.STATE_BYTES + destination.queuedStateBytes(),
                lastCutNanos,
                last,
                gfns);
        for (int i = 0; i < gfns.length; i++) {
            point.contents[i] = destination.memory().read(gfns[i]);
        }
        return point;
    }

    /** What is sent now. The rest stays, and is looked at again at the next stop. */
    private int[] choose(boolean withoutYoung) {
        int[] chosen = new int[changed.count()];
        int count = 0;
        for (int gfn = changed.next(0); gfn >= 0; gfn = changed.next(gfn + 1)) {
            if (!leftBehind.stays(gfn, withoutYoung)) {
                changed.clear(gfn);
                chosen[count++] = gfn;
            }
        }
        return Arrays.copyOf(chosen, count);
    }

    private void runOn() {
        if (!closed) {
            destination.resume();
            send();
        }
    }

    private void send() {
        Point point = underway;
        long bytes = point.stateBytes;
        for (long content : point.contents) {
            bytes += setting.encoder().encodedBytes(PageContent.isZero(content));
        }
        counters.sent(point.gfns.length, bytes);
        setting.cpu().sendBack((long) point.gfns.length * source.memory().pageSizeBytes(), bytes);
        clock.at(link.sendBack(bytes), () -> arrive(point));
    }

    private void arrive(Point point) {
        if (closed) {
            return;
        }
        noteRisk();
        source.memory().balloon().load(point.balloon);
        for (int i = 0; i < point.gfns.length; i++) {
            source.memory().receive(point.gfns[i], point.contents[i]);
        }
        if (keepsPoints) {
            counters.arrived(clock.nanos() - point.sinceNanos);
        }
        setting.progress().cameBack(point.gfns, point.contents, point.last);
        held = point.state;
        underway = null;
        if (point.last) {
            arriveHome();
        } else if (rounds.isForGood()) {
            rounds.collectBefore(() -> closed, this::cut);
        } else if (goingHome) {
            cut();
        } else {
            planCut(Math.max(clock.nanos(), lastCutNanos + POINT_INTERVAL_NANOS));
        }
    }

    private void arriveHome() {
        // What the destination's VCPU stands at is what has just arrived: it has not run since.
        source.load(destination);
        // In this order: at no moment may both run.
        destination.release();
        source.resume();
        course.cameHome(lastCutNanos);
        home = true;
        homeNanos = clock.nanos();
        // What breaks from now on is no concern of this migration.
        link.close();
        long downtimeNanos = clock.nanos() - lastCutNanos;
        statistics.setDowntimeNanos(statistics.downtimeNanos() + downtimeNanos);
        counters.arrivedHome(clock.nanos(), link.sentBackBytes(), downtimeNanos);
        close();
    }

    /** All of the guest is at the destination, which needs the source no more. */
    @Override
    public void forget() {
        noteRisk();
        close();
        if (underway != null && !destination.isRunning()) {
            // It stood still for a point that nobody needs any more.
            destination.resume();
        }
    }

    /**
     * The destination, or the way to it, is lost: the source goes on from the last point that it has whole.
     *
     * @return false if there is none to go on from
     */
    @Override
    public boolean fallBack() {
        noteRisk();
        close();
        if (!keepsPoints || source.isHostLost()) {
            return false;
        }
        long lostNanos = destination.vcpu().programNanos() - held.programNanos();
        destination.release();
        source.restore(held);
        source.resume();
        course.rolledBack(lostNanos);
        return true;
    }

    @Override
    public boolean keepsPoints() {
        return keepsPoints;
    }

    private void close() {
        closed = true;
        log().stop();
        statistics.setWayHome(counters.sum());
    }

    /** A destination that is lost right now takes the work since the last whole point with it. */
    private void noteRisk() {
        if (keepsPoints && !closed) {
            long workNanos = destination.vcpu().programNanos() - held.programNanos();
            statistics.atRisk(Loss.work(workNanos, clock.nanos()), Loss.NOTHING);
        }
    }

    private DirtyLog log() {
        return destination.memory().dirtyLog();
    }
}
