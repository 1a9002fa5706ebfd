package dev.godwit.agent.manage;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The heap layout was read for the first time since a collection. */
@Name("dev.godwit.LayoutEpoch")
@Label("Heap Layout Epoch")
@Description("The heap layout was read for the first time since a collection.")
@Category("Godwit")
@StackTrace(false)
final class LayoutEpochEvent extends Event {
    @Label("Collections Begun")
    long epoch;

    @Label("Eden Used")
    @DataAmount
    long edenBytes;

    @Label("Survivor Used")
    @DataAmount
    long survivorBytes;

    @Label("Old Used")
    @DataAmount
    long oldBytes;
}
