/**
 * Linux through JNA: the map of a process, which of its pages are present or were written, its contents, and the
 * memory of the machine.
 *
 * <p>Of another process also: a pause of all its threads ({@link dev.godwit.linux.ProcessPause}), its writes round by
 * round ({@link dev.godwit.linux.RemoteWrites}), system calls that it is made to execute ({@link
 * dev.godwit.linux.SystemCallInjection}), and pages of it that are missing and served from outside ({@link
 * dev.godwit.linux.RemoteUserfaultfd}; {@link dev.godwit.linux.guardian} does it safely). What of it works on a machine
 * says {@link dev.godwit.linux.Capabilities}.
 *
 * <p>The only module that knows an ioctl or a system call by its number. Addresses are virtual addresses as signed
 * {@code long} (user space uses the non-negative half), sizes are bytes, ranges go from {@code start} to before
 * {@code end}. A system call that fails becomes a {@link dev.godwit.linux.SystemCallException}, which names the call
 * and the errno. What can be done without JNA, reading files below {@code /proc}, is done without.
 */
package dev.godwit.linux;
