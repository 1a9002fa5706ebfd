/**
 * Hints from an application to the hypervisor that may live-migrate the virtual machine it runs in. Depends on nothing
 * and does nothing unless the Godwit agent is loaded.
 *
 * <h2>What each hint means</h2>
 *
 * <table>
 * <caption>Hints</caption>
 * <tr><th>Call</th><th>The application says</th><th>A hypervisor</th></tr>
 * <tr><td>{@link dev.godwit.hint.MigrationHints#critical critical}</td>
 *     <td>a pause of the whole machine would hurt until the section closes</td>
 *     <td>puts off the pause that ends a migration, within its own limit; it may go on copying memory</td></tr>
 * <tr><td>{@link dev.godwit.hint.MigrationHints#safePoint safePoint}</td>
 *     <td>a pause right now would not hurt</td>
 *     <td>may pause now, if it was about to</td></tr>
 * <tr><td>{@link dev.godwit.hint.MigrationHints#quiet quiet}</td>
 *     <td>little memory will be written for about this long</td>
 *     <td>may begin a migration that has not begun</td></tr>
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
 * What is opened before the agent is attached stays unseen, and so may the first hints be where the API is not on the
 * class path but loaded by a class loader of the application.
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
 * taken, and the calling thread never waits for the agent. Threads that use one name at the same moment share a cache
 * line. Times are exact to one reading of the agent (5 ms); how long sections shorter than that were is estimated from
 * how many of them a reading fell into.
 */
package dev.godwit.hint;
