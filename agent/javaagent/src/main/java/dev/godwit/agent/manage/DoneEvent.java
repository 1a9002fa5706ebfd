package dev.godwit.agent.manage;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The migration succeeded. */
@Name("dev.godwit.Done")
@Label("Migration: Done")
@Description("The migration succeeded.")
@Category("Godwit")
@StackTrace(false)
final class DoneEvent extends Event {}
