/**
 * Hints from an application to the hypervisor that may live-migrate the virtual machine it runs in. Depends on nothing
 * and does nothing unless the Godwit agent is loaded.
 *
 * <h2>What each hint means</h2>
 *
 * <table>
 * <caption>Hints</caption>
 * <tr><th>Call</th><th>The application says</th><th>A hypervisor</th></tr>
 * <tr><td>{@link dev.godwit.hint.MigrationHints#critical critical},
 *         {@link dev.godwit.hint.MigrationCritical @MigrationCritical}</td>
 *     <td>a pause of the whole machine would hurt until the section closes</td>
 *     <td>puts off the pause that ends a migration, within its own limit; it may go on copying memory</td></tr>
 * <tr><td>{@link dev.godwit.hint.MigrationHints#safePoint safePoint}</td>
 *     <td>a pause right now would not hurt</td>
 *     <td>may pause now, if it was about to</td></tr>
 * <tr><td>{@link dev.godwit.hint.MigrationHints#quiet quiet}</td>
 *     <td>little memory will be written for about this long</td>
 *     <td>may begin a migration that has not begun</td></tr>
 * <tr><td>{@link dev.godwit.hint.MigrationHints#busy busy}</td>
 *     <td>much memory will be written for about this long</td>
 *     <td>may begin a migration later</td></tr>
 * <tr><td>{@link dev.godwit.hint.MigrationHints#discardable discardable}</td>
 *     <td>the content of this buffer need not survive</td>
 *     <td>may leave out the pages that lie wholly inside, if the hint still stands at the pause</td></tr>
 * <tr><td>{@link dev.godwit.hint.MigrationHints#refetchable refetchable}</td>
 *     <td>the content of this buffer is in this file</td>
 *     <td>may have the destination read those pages from storage</td></tr>
 * </table>
 *
 * <p>A hint is advice. It delays nothing and protects nothing: a hypervisor that must move the machine does so in the
 * middle of a critical section, and the program must stay correct when that happens.
 *
 * <h2>Threads and nesting</h2>
 *
 * <p>All methods may be called from any thread, also from virtual threads and from shutdown hooks. Sections nest and
 * overlap, with the same name or different ones, on one thread or many; the machine is in a critical section while any
 * is open. A name's sections are seen as one while they overlap. Each section is to be closed once, by any thread; a
 * close too many is ignored when nothing of that name is open, and otherwise ends another section of that name early.
 * A section that is never closed, because its thread died perhaps, stays open; hypervisors do not wait for ever.
 * What is opened before the agent is attached stays unseen, and so may the first hints be where the API is not on the
 * class path but loaded by a class loader of the application, and the first calls of an annotated method.
 *
 * <h2>Buffers</h2>
 *
 * <p>A hint about a buffer holds until it is closed, or until the buffer can no longer be reached. It speaks about
 * the bytes from position to limit at the moment of the call, of direct and mapped buffers only: a heap buffer has no
 * address that stays. At most 1024 hold at a time; what is said beyond that is not seen. They are kept without the
 * agent too, so that one that is attached later knows of them. A hypervisor that has stopped the machine goes by what
 * holds at that very moment, and never by what was said of memory that an application may free by hand, such as that
 * of an arena or of native code. Whoever frees a direct buffer by force must close its hint first.
 *
 * <h2>Listeners</h2>
 *
 * <p>A {@link dev.godwit.hint.MigrationListener} is held weakly and kept without the agent too. It is called by a
 * thread of the agent, never by two at once: {@code preparing} in the reverse order of being added, {@code resumed}
 * and {@code aborted} in the order itself. After {@code preparing} comes one of the two, unless the JVM ends. A
 * hypervisor that gives no notice leaves {@code preparing} out. Of a JVM that was paused and let go on where it was,
 * {@code resumed} is said.
 *
 * <p>A listener never stops a migration. What it throws is ignored. All calls of {@code preparing} together are
 * waited for at most 100 ms, then the migration goes on; a listener that has not returned by then is called no more
 * until it does, and keeps the thread it hangs on while the others are called by another.
 *
 * <h2>Names</h2>
 *
 * <p>A name groups events in reports. At most 1023 different names are kept per JVM, in the order of their first use;
 * later ones are counted as {@code (other)}. Names are cut after 64 characters.
 *
 * <h2>Cost</h2>
 *
 * <p>Without the agent a call is empty and compiled away. With it, {@code critical} and its close are a table lookup
 * and two atomic additions, and {@code safePoint} a lookup and one: no clock is read, no memory allocated, no lock
 * taken, and the calling thread never waits for the agent. {@code quiet} and {@code busy} read the clock; what is said about
 * buffers and listeners takes a lock and allocates. Threads that use one name at the same moment share a cache
 * line. Times are exact to one reading of the agent (5 ms); how long sections shorter than that were is estimated from
 * how many of them a reading fell into.
 */
package dev.godwit.hint;
