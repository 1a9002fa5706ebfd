package dev.godwit.agent.manage;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The application said something through the hint API. */
@Name("dev.godwit.Hint")
@Label("Hint")
@Description("The application said something through the hint API.")
@Category("Godwit")
@StackTrace(false)
final class SaidEvent extends Event {
    @Label("Type")
    String type;

    @Label("Name")
    String name;

    @Label("Calling Thread")
    String caller;

    @Label("Duration of the Section or Window")
    @Timespan(Timespan.NANOSECONDS)
    long hintDuration;

    @Label("Count")
    long count;
}
