package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.page.EncodingReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Counters of a running migration; one writer, the engine. */
public final class MigrationStatistics {
    private final KindBytes sentByKind = new KindBytes();
    private final KindBytes resentByKind = new KindBytes();
    private final List<RoundStatistics> rounds = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();
    private final Moments moments = new Moments();
    private long zeroPages;
    private long rawPages;
    private long precopyBytes;
    private long downtimeBytes;
    private long dirtySyncs;
    private long postcopyBytes;
    private Phase phase = Phase.SOURCE_RUNS;

    private long setupNanos;
    private long totalNanos;
    private long downtimeNanos;
    private long expectedDowntimeNanos;
    private long collectionNanos;
    private long appPauseNanos;
    private int collections;
    private long predictedSurvivorBytes;
    private long deferredPages;
    private long droppedPages;
    private long remainingBytes;
    private long dirtyLogNanos;
    private Optional<DeviceStatistics> devices = Optional.empty();
    private long balloonedPages;
    private long deflatedPages;
    private int cpuThrottlePercent;
    private long throttledNanos;
    private Optional<EncodingReport> encoding = Optional.empty();
    private Optional<CpuStatistics> cpu = Optional.empty();

    private RunAheadStatistics runAhead;
    private VmFate fate = new VmFate.RunsAtSource();
    private WayHomeStatistics wayHome;
    private AwayStatistics away;
    private RefetchStatistics refetch;
    private long refetchedPages;
    private WorstLoss worstLoss = WorstLoss.NOTHING;

    /** Where the guest is while a page is sent. */
    private enum Phase {
        SOURCE_RUNS,
        PAUSED,
        DESTINATION_RUNS
    }

    /** A page went over the link. */
    public void sentPage(int kindCode, int bytes, boolean zero, boolean again) {
        if (zero) {
            zeroPages++;
        } else {
            rawPages++;
        }
        switch (phase) {
            case SOURCE_RUNS -> precopyBytes += bytes;
            case PAUSED -> downtimeBytes += bytes;
            case DESTINATION_RUNS -> postcopyBytes += bytes;
        }
        sentByKind.add(kindCode, bytes);
        if (again) {
            resentByKind.add(kindCode, bytes);
        }
    }

    /** When it began and when it paused, and why then. */
    public Moments moments() {
        return moments;
    }

    /** From now on pages are sent while the guest stands still. */
    public void guestPaused() {
        phase = Phase.PAUSED;
    }

    /** From now on pages are sent while the guest runs at the destination without them. */
    public void guestRunsAhead() {
        phase = Phase.DESTINATION_RUNS;
    }

    /** What became of a switch ahead of the memory, when the migration is over; empty for a guest that never ran ahead. */
    public Optional<RunAheadStatistics> runAhead() {
        return Optional.ofNullable(runAhead);
    }

    public void setRunAhead(RunAheadStatistics statistics) {
        runAhead = statistics;
    }

    /** What became of the VM; final when the migration is over. */
    public VmFate fate() {
        return fate;
    }

    public void setFate(VmFate became) {
        fate = became;
    }

    /** What it took to keep a way home; empty for a technique that has none. */
    public Optional<WayHomeStatistics> wayHome() {
        return Optional.ofNullable(wayHome);
    }

    public void setWayHome(WayHomeStatistics statistics) {
        wayHome = statistics;
    }

    /** What a guest needed that was away for a while; empty for a technique that moves for good. */
    public Optional<AwayStatistics> away() {
        return Optional.ofNullable(away);
    }

    public void setAway(AwayStatistics statistics) {
        away = statistics;
    }

    /** What the loss of a host would have cost at the worst moment of this migration. */
    public WorstLoss worstLoss() {
        return worstLoss;
    }

    /**
     * What the loss of a host would cost at this moment.
     *
     * @param destinationHost loss of the destination host
     * @param sourceHost loss of the source host, if the VM has left it
     */
    public void atRisk(Loss destinationHost, Loss sourceHost) {
        worstLoss = worstLoss.raise(destinationHost, sourceHost);
    }

    /** What the migration was like for the VM's devices and its client; empty if it has none, or is lost. */
    public Optional<DeviceStatistics> devices() {
        return devices;
    }

    public void setDevices(DeviceStatistics statistics) {
        devices = Optional.of(statistics);
    }

    /**
     * What the balloon held.
     *
     * @param pages given back by the guest at the switch, or at the end of a migration without one
     * @param deflated pages that the guest needed again, while it was migrated
     */
    public void setBalloon(long pages, long deflated) {
        balloonedPages = pages;
        deflatedPages = deflated;
    }

    /** The migration's processor was busy with the dirty log. */
    public void addDirtyLogNanos(long nanos) {
        dirtyLogNanos += nanos;
    }

    /** The dirty log was read. */
    public void synced() {
        dirtySyncs++;
    }

    public void endRound(RoundStatistics round) {
        rounds.add(round);
    }

    /** Something that the reader of the result should know, one line; said once, however often it happens. */
    public void notice(String line) {
        if (!notices.contains(line)) {
            notices.add(line);
        }
    }

    /** A collection was made before a pause. */
    public void collected(long nanos) {
        collections++;
        collectionNanos += nanos;
    }

    public void setSetupNanos(long nanos) {
        setupNanos = nanos;
    }

    public void setTotalNanos(long nanos) {
        totalNanos = nanos;
    }

    public void setDowntimeNanos(long nanos) {
        downtimeNanos = nanos;
    }

    public void setExpectedDowntimeNanos(long nanos) {
        expectedDowntimeNanos = nanos;
    }

    /** What a collection before the pause was last expected to leave alive. */
    public void setPredictedSurvivorBytes(long bytes) {
        predictedSurvivorBytes = bytes;
    }

    public void addAppPauseNanos(long nanos) {
        appPauseNanos += nanos;
    }

    public void setDeferredPages(long pages) {
        deferredPages = pages;
    }

    public void setDroppedPages(long pages) {
        droppedPages = pages;
    }

    public void setRemainingBytes(long bytes) {
        remainingBytes = bytes;
    }

    /**
     * The guest was slowed by the migration.
     *
     * @param percent share of the time for which it was kept from running, at the end of the rounds
     * @param lostNanos time for which it would have run and was kept from it
     */
    public void setThrottle(int percent, long lostNanos) {
        cpuThrottlePercent = percent;
        throttledNanos = lostNanos;
    }

    /** What the migration took of the processors, and the work that VMs lost; set when it is over. */
    public void setCpu(CpuStatistics statistics) {
        cpu = Optional.of(statistics);
    }

    /** The same; empty where hosts are not modelled. */
    public Optional<CpuStatistics> cpu() {
        return cpu;
    }

    public void setEncoding(Optional<EncodingReport> report) {
        encoding = report;
    }

    /** The destination took a page from shared storage. */
    public void refetchedPage() {
        refetchedPages++;
    }

    /** Pages that the destination took from shared storage so far. */
    public long refetchedPages() {
        return refetchedPages;
    }

    /** What shared storage did for this migration; empty for a technique that does not use it. */
    public Optional<RefetchStatistics> refetch() {
        return Optional.ofNullable(refetch);
    }

    public void setRefetch(RefetchStatistics statistics) {
        refetch = statistics;
    }

    /** All that the link has carried of pages, and of what came back, in both directions. */
    public long trafficBytes() {
        return transferredBytes() + (wayHome == null ? 0 : wayHome.sentBytes());
    }

    /** Bytes of pages on the wire so far, headers included. */
    public long transferredBytes() {
        return precopyBytes + downtimeBytes + postcopyBytes;
    }

    public long zeroPages() {
        return zeroPages;
    }

    public long rawPages() {
        return rawPages;
    }

    public long precopyBytes() {
        return precopyBytes;
    }

    public long downtimeBytes() {
        return downtimeBytes;
    }

    public long postcopyBytes() {
        return postcopyBytes;
    }

    public long dirtySyncs() {
        return dirtySyncs;
    }

    public KindBytes sentByKind() {
        return sentByKind;
    }

    public KindBytes resentByKind() {
        return resentByKind;
    }

    public List<RoundStatistics> rounds() {
        return rounds;
    }

    public List<String> notices() {
        return notices;
    }

    public long setupNanos() {
        return setupNanos;
    }

    public long totalNanos() {
        return totalNanos;
    }

    public long downtimeNanos() {
        return downtimeNanos;
    }

    public long expectedDowntimeNanos() {
        return expectedDowntimeNanos;
    }

    public long collectionNanos() {
        return collectionNanos;
    }

    public int collections() {
        return collections;
    }

    public long predictedSurvivorBytes() {
        return predictedSurvivorBytes;
    }

    public long appPauseNanos() {
        return appPauseNanos;
    }

    public long deferredPages() {
        return deferredPages;
    }

    public long droppedPages() {
        return droppedPages;
    }

    public long remainingBytes() {
        return remainingBytes;
    }

    /** What it cost the migration to find out which pages were written: processor time, and its own time. */
    public long dirtyLogNanos() {
        return dirtyLogNanos;
    }

    /** Pages that the guest had given back and that were not transferred. */
    public long balloonedPages() {
        return balloonedPages;
    }

    /** Pages that the guest had given back and needed again while it was migrated: it got them at once, as zeros. */
    public long deflatedPages() {
        return deflatedPages;
    }

    /** QEMU's {@code cpu-throttle-percentage}; 0 if the guest was not slowed. */
    public int cpuThrottlePercent() {
        return cpuThrottlePercent;
    }

    /** Work that the VM lost to being slowed, as time for which it did not run. */
    public long throttledNanos() {
        return throttledNanos;
    }

    /** What was encoded how; empty if pages were sent as they are. */
    public Optional<EncodingReport> encoding() {
        return encoding;
    }
}
