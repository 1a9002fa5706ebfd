/**
 * The heap of a HotSpot VM as it lies in memory, through what the VM tells debuggers of itself: of the own VM
 * ({@link dev.godwit.agent.heap.HeapProbes}), and of one in another process that need not run a single instruction for it
 * ({@link dev.godwit.agent.heap.RemoteHeap}). Forced young collections of the own VM.
 */
package dev.godwit.agent.heap;
