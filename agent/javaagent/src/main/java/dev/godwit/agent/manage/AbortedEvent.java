package dev.godwit.agent.manage;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The migration, or an attempt to pause, is off. */
@Name("dev.godwit.Aborted")
@Label("Migration: Aborted")
@Description("The migration, or an attempt to pause, is off.")
@Category("Godwit")
@StackTrace(false)
final class AbortedEvent extends Event {
    @Label("Reason")
    String reason;
}
