/**
 * The only classes of the agent that the application's class loaders can see: the entry points, and the class loader
 * that keeps all the rest away from the application.
 *
 * <pre>
 *      boot loader        dev.godwit.bootstrap
 *           |
 *     platform loader ----------------------+
 *           |                               |
 *      system loader                 isolated loader
 *   application,                  agent, Chronicle Queue,
 *   dev.godwit.agent.start        JNA, Byte Buddy, ...
 * </pre>
 */
package dev.godwit.agent.start;
