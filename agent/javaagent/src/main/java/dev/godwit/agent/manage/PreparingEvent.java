package dev.godwit.agent.manage;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The machine is about to be paused. */
@Name("dev.godwit.Preparing")
@Label("Migration: Preparing")
@Description("The machine is about to be paused.")
@Category("Godwit")
@StackTrace(false)
final class PreparingEvent extends Event {}
