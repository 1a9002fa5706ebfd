package dev.godwit.agent.manage;

import dev.godwit.agent.control.MigrationEvent;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.HintEvent;
import dev.godwit.trace.TraceRecord;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Passes on what happens to Flight Recorder and JMX, as far as each is wanted and there. Called by the agent's threads; nothing
 * ever escapes it, and what has failed once is left out from then on.
 */
public final class Management {
    private final BooleanSupplier recording;
    private final Consumer<String> say;
    private boolean jfrWanted;
    private Jmx jmxWanted = Jmx.OFF;
    private JfrEvents jfr;
    private JmxRegistration jmx;

    /**
     * @param recording whether a recording runs
     * @param say is told why something is left out
     */
    public Management(BooleanSupplier recording, Consumer<String> say) {
        this.recording = recording;
        this.say = say;
    }

    /** What the user wants from now on. */
    public synchronized void configure(boolean jfrEvents, Jmx bean) {
        jfrWanted = jfrEvents;
        jmxWanted = bean;
        if (bean == Jmx.ON) {
            join();
        }
    }

    /** Registers the bean if that is due. Cheap, to be called now and then while the agent has something to tell. */
    public synchronized void join() {
        if (jmxWanted == Jmx.OFF) {
            return;
        }
        try {
            jmx = jmx == null ? new JmxRegistration(recording) : jmx;
            jmx.register(jmxWanted == Jmx.ON);
        } catch (RuntimeException | LinkageError e) {
            jmxWanted = Jmx.OFF;
            say.accept("the management bean is left out: " + e);
        }
    }

    /** A controller said something, or is gone. */
    public synchronized void event(MigrationEvent event, String reason) {
        join();
        if (jmx != null) {
            jmx.bean().event(event, reason);
        }
        toJfr(events -> events.migration(event, reason));
    }

    /** Something was recorded. */
    public synchronized void recorded(TraceRecord record) {
        if (record instanceof HintEvent hint) {
            toJfr(events -> events.hint(hint));
        } else if (record instanceof HeapLayout layout) {
            toJfr(events -> events.layout(layout));
        }
    }

    private void toJfr(Consumer<JfrEvents> action) {
        if (!jfrWanted) {
            return;
        }
        try {
            jfr = jfr == null ? new JfrEvents() : jfr;
            if (jfr.isInUse()) {
                action.accept(jfr);
            }
        } catch (RuntimeException | LinkageError e) {
            jfrWanted = false;
            say.accept("events for Flight Recorder are left out: " + e);
        }
    }
}
