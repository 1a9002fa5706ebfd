package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.guest.GuestAgent;
import dev.godwit.hypervisor.guest.GuestMoment;
import dev.godwit.hypervisor.sim.Clock;
import java.util.Optional;

/** Speaks with the agent, and sees to it that whoever was asked to prepare is told how it ended. */
public final class Liaison {
    private static final long NOT_STOPPED = -1;

    private final Optional<GuestAgent> agent;
    private final Clock clock;
    private final MigrationStatistics statistics;
    private long stoppedNanos = NOT_STOPPED;
    private long missedBytes;
    private boolean told;

    public Liaison(Optional<GuestAgent> agent, Clock clock, MigrationStatistics statistics) {
        this.agent = agent;
        this.clock = clock;
        this.statistics = statistics;
    }

    /** True if a young collection before the pause is to be had. */
    public boolean canCollect() {
        return agent.isPresent() && agent.get().canCollect();
    }

    /** Bytes that a collection would leave alive, with what the last attempt was off by. */
    public long predictedSurvivorBytes() {
        return agent.map(GuestAgent::predictedSurvivorBytes).orElse(0L) + missedBytes;
    }

    /** How long a collection is expected to stop the application; 0 if that is not known. */
    public long expectedCollectionNanos() {
        return agent.map(GuestAgent::expectedCollectionNanos).orElse(0L);
    }

    /** True if there is an agent to ask what the application is doing. */
    public boolean canTell() {
        return agent.isPresent();
    }

    /** What the application is doing, or was when it was stopped; an agent that cannot say is none. */
    public Optional<GuestMoment> moment() {
        return agent.flatMap(GuestAgent::moment);
    }

    /** The next collection may leave less than the last one did: what an attempt was off by counts for an eighth less. */
    public void hopeForLess() {
        missedBytes -= missedBytes / 8;
    }

    /** Begins the collection after which the application is held; false if there is no agent or no collection. */
    public boolean prepare() {
        if (agent.isEmpty()) {
            return false;
        }
        if (!agent.get().canCollect() || !agent.get().prepare()) {
            statistics.notice("no young collection before the pause: "
                    + agent.get().whyNoCollection() + "; only what the layout at the pause proves empty is dropped");
            return false;
        }
        stoppedNanos = clock.nanos();
        // Whoever is asked is told, on the way home too.
        told = false;
        return true;
    }

    public boolean isPrepared() {
        return agent.orElseThrow().isPrepared();
    }

    public void awaitPrepared() {
        agent.orElseThrow().awaitPrepared();
        prepared();
    }

    /** It is: the application is held behind its collection. */
    public void prepared() {
        statistics.collected(agent.orElseThrow().lastCollectionNanos());
    }

    /**
     * This attempt to pause is off; the migration goes on.
     *
     * @param moreThanExpectedBytes by how much the prediction was too low
     */
    public void letGo(long moreThanExpectedBytes) {
        missedBytes += Math.max(0, moreThanExpectedBytes);
        letGo("a collection left more to send than expected; the application was let go for another round");
    }

    /**
     * This attempt to pause is off; the migration goes on.
     *
     * @param why for people
     */
    public void letGo(String why) {
        statistics.notice(why);
        agent.ifPresent(GuestAgent::aborted);
        endOfStop();
    }

    /** The last word on what was asked for, said once. */
    public void tellEnd(boolean completed) {
        if (told) {
            return;
        }
        told = true;
        endOfStop();
        if (completed) {
            agent.ifPresent(GuestAgent::done);
        } else {
            agent.ifPresent(GuestAgent::aborted);
        }
    }

    /** The guest runs again: its application stood still since the collection began, or else since the pause. */
    public void applicationRuns(long pausedNanos) {
        if (stoppedNanos == NOT_STOPPED) {
            stoppedNanos = pausedNanos;
        }
        endOfStop();
    }

    private void endOfStop() {
        if (stoppedNanos != NOT_STOPPED) {
            statistics.addAppPauseNanos(clock.nanos() - stoppedNanos);
            stoppedNanos = NOT_STOPPED;
        }
    }
}
