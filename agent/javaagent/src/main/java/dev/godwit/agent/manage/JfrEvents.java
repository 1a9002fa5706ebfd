package dev.godwit.agent.manage;

import dev.godwit.agent.control.MigrationEvent;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.HintEvent;
import dev.godwit.trace.SpaceKind;
import jdk.jfr.FlightRecorder;

/**
 * Events for Java Flight Recorder. Loaded only where there is a module {@code jdk.jfr}; the classes of the events are loaded, and
 * so registered, once Flight Recorder is in use.
 */
final class JfrEvents {
    private long lastEpoch = -1;

    /** True once somebody uses Flight Recorder. */
    boolean isInUse() {
        return FlightRecorder.isInitialized();
    }

    void migration(MigrationEvent event, String reason) {
        switch (event) {
            case PREPARING -> new PreparingEvent().commit();
            case PAUSED -> new PausedEvent().commit();
            case RESUMED -> new ResumedEvent().commit();
            case DONE -> new DoneEvent().commit();
            case ABORTED -> {
                AbortedEvent aborted = new AbortedEvent();
                aborted.reason = reason;
                aborted.commit();
            }
        }
    }

    void hint(HintEvent hint) {
        SaidEvent event = new SaidEvent();
        event.type = hint.type().name();
        event.name = hint.name();
        event.caller = hint.thread();
        event.hintDuration = hint.durationNanos();
        event.count = hint.count();
        event.commit();
    }

    /** Layouts of one epoch are one event. */
    void layout(HeapLayout layout) {
        if (layout.epoch() == lastEpoch) {
            return;
        }
        lastEpoch = layout.epoch();
        LayoutEpochEvent event = new LayoutEpochEvent();
        event.epoch = layout.epoch();
        event.edenBytes = layout.usedBytes(SpaceKind.EDEN);
        event.survivorBytes = layout.usedBytes(SpaceKind.SURVIVOR);
        event.oldBytes = layout.usedBytes(SpaceKind.OLD) + layout.usedBytes(SpaceKind.HUMONGOUS);
        event.commit();
    }
}
