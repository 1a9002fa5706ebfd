/**
 * A migration for real: the memory of a running JVM goes over a connection to another process, by the engine that replays
 * use. {@link dev.godwit.hypervisor.migration.rehearse.Rehearsal} is the source, {@link
 * dev.godwit.hypervisor.migration.rehearse.DestinationHost} the destination.
 *
 * <p>The engine keeps its books on {@code GuestMemory} as ever. {@link
 * dev.godwit.hypervisor.migration.rehearse.ProcessPageEncoder} reads what it sends, {@link
 * dev.godwit.hypervisor.migration.rehearse.SourceStream} puts it on the wire.
 *
 * <p>{@code AheadRehearsal} is the one in which the program runs on before its memory is there: {@code RealSide} is
 * what the engine hears of it, {@code SafetyLog} keeps the copy that it is safe by, {@code ReturnPort} brings its
 * pages back. Pages of private file mappings are sent and compared like all others and stay in the program, as the
 * kernel's missing mode takes anonymous memory only.
 *
 * <p>What the application declares of its buffers defers pages as a hint; at the pause it drops them if it certainly
 * holds: {@code DeclaredBuffers} in the room of the running JVM. What it declares to be in a file the destination
 * reads there, {@code StoredFiles}, and the source sends no page that it finds equal to what was read, {@code
 * PagesInFiles}.
 *
 * <p>{@code PageWorkMeter} measures beforehand what a page asks of the machine's processors, for the replay of a rehearsal.
 */
package dev.godwit.hypervisor.migration.rehearse;
