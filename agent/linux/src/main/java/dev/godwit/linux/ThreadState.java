package dev.godwit.linux;

/**
 * Where a stopped thread stands.
 *
 * @param tid number of the thread
 * @param stackPointer address of the top of its stack
 * @param threadPointer address of its thread control block, which the kernel itself writes at times (restartable
 *     sequences, end of the thread)
 */
public record ThreadState(int tid, long stackPointer, long threadPointer) {}
