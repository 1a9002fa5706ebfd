/**
 * Makes a trace: one thread that asks each part (heap, pages, collections, hints, machine) for what it saw and writes it
 * down. A part that fails is left out from then on, which the trace says, and the rest goes on.
 */
package dev.godwit.agent.record;
