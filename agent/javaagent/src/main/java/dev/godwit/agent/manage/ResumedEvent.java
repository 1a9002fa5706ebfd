package dev.godwit.agent.manage;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The machine runs again. */
@Name("dev.godwit.Resumed")
@Label("Migration: Resumed")
@Description("The machine runs again.")
@Category("Godwit")
@StackTrace(false)
final class ResumedEvent extends Event {}
