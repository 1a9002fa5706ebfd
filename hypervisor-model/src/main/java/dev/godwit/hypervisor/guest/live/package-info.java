/**
 * A guest that is real: the private memory of a running JVM, in real time. It keeps the books of a {@code GuestMemory} true
 * to what the process does, so that the engines of a replay migrate it as they are.
 *
 * <p>Nothing is left in the process: what tracks its writes and what stops it ends with {@link
 * dev.godwit.hypervisor.guest.live.RunningProcess#close}, with the thread that opened it, and with this JVM, even by {@code
 * kill -9}.
 */
package dev.godwit.hypervisor.guest.live;
