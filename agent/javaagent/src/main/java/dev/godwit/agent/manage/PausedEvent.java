package dev.godwit.agent.manage;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A pause of the machine was announced. */
@Name("dev.godwit.Paused")
@Label("Migration: Paused")
@Description("A pause of the machine was announced.")
@Category("Godwit")
@StackTrace(false)
final class PausedEvent extends Event {}
