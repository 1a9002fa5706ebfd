package dev.godwit.agent.manage;

import java.util.List;

/** What a hypervisor is told of this JVM, and what it said: {@code dev.godwit:type=Migration}. Sums count from the agent's start. */
public interface MigrationMXBean {

    /** What the agent does, as in the system property {@code godwit.agent.status}. */
    String getAgentStatus();

    /** What a controller said last: {@code PREPARING}, {@code PAUSED}, {@code RESUMED}, {@code DONE}, {@code ABORTED}; or {@code NONE}. */
    String getLastEvent();

    /** When, in milliseconds since 1970; zero if there was none. */
    long getLastEventTime();

    /** How often a pause was announced. */
    long getPreparings();

    /** How often the JVM went on after a pause. */
    long getResumptions();

    /** How often an announced pause, or a migration, was called off. */
    long getAborts();

    /** Why, the last time; empty if never. */
    String getLastAbortReason();

    /** Critical sections that are open. */
    long getOpenCriticalSections();

    /** Their names, the longest open first, at most 16. */
    List<String> getCriticalNames();

    /** How long the longest has been open. */
    long getOldestCriticalMillis();

    /** How long the application still expects to be quiet. */
    long getQuietRemainingMillis();

    /** How long it still expects to be busy. */
    long getBusyRemainingMillis();

    /** Share of Eden that is filled, 0 to 1; 0 if there is no Eden. */
    double getEdenFilled();

    /** Since the last collection. */
    long getSinceCollectionMillis();
}
