package dev.godwit.agent.manage;

import dev.godwit.agent.control.MigrationEvent;
import dev.godwit.agent.hint.SignalReader;
import dev.godwit.agent.start.GodwitAgent;
import dev.godwit.trace.JvmSignals;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The bean. Its methods are called by threads that serve JMX, the events come from the agent's. */
final class Migration implements MigrationMXBean {
    private final BooleanSupplier recording;
    private SignalReader reader;
    private String lastEvent = "NONE";
    private long lastEventMillis;
    private long preparings;
    private long resumptions;
    private long aborts;
    private String abortReason = "";

    /**
     * @param recording whether a recording runs, which reads the hints too
     */
    Migration(BooleanSupplier recording) {
        this.recording = recording;
    }

    synchronized void event(MigrationEvent event, String reason) {
        lastEvent = event.name();
        lastEventMillis = System.currentTimeMillis();
        switch (event) {
            case PREPARING -> preparings++;
            case RESUMED -> resumptions++;
            case ABORTED -> {
                aborts++;
                abortReason = reason;
            }
            case PAUSED, DONE -> {
                // The last event tells.
            }
        }
    }

    private synchronized JvmSignals signals() {
        reader = reader == null ? new SignalReader(OptionalLong::empty) : reader;
        return reader.read(0, !recording.getAsBoolean());
    }

    @Override
    public String getAgentStatus() {
        return System.getProperty(GodwitAgent.STATUS, "");
    }

    @Override
    public synchronized String getLastEvent() {
        return lastEvent;
    }

    @Override
    public synchronized long getLastEventTime() {
        return lastEventMillis;
    }

    @Override
    public synchronized long getPreparings() {
        return preparings;
    }

    @Override
    public synchronized long getResumptions() {
        return resumptions;
    }

    @Override
    public synchronized long getAborts() {
        return aborts;
    }

    @Override
    public synchronized String getLastAbortReason() {
        return abortReason;
    }

    @Override
    public long getOpenCriticalSections() {
        return signals().openCriticalSections();
    }

    @Override
    public List<String> getCriticalNames() {
        return signals().criticalNames();
    }

    @Override
    public long getOldestCriticalMillis() {
        return TimeUnit.NANOSECONDS.toMillis(signals().oldestCriticalNanos());
    }

    @Override
    public long getQuietRemainingMillis() {
        return TimeUnit.NANOSECONDS.toMillis(signals().quietRemainingNanos());
    }

    @Override
    public long getBusyRemainingMillis() {
        return TimeUnit.NANOSECONDS.toMillis(signals().busyRemainingNanos());
    }

    @Override
    public double getEdenFilled() {
        JvmSignals now = signals();
        return now.edenCapacityBytes() == 0 ? 0 : (double) now.edenUsedBytes() / now.edenCapacityBytes();
    }

    @Override
    public long getSinceCollectionMillis() {
        return TimeUnit.NANOSECONDS.toMillis(signals().sinceCollectionNanos());
    }
}
