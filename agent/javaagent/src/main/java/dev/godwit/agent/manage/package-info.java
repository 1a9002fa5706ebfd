/**
 * Shows those who look at the JVM by Java Flight Recorder or JMX what a hypervisor is told: {@link
 * dev.godwit.agent.manage.JfrEvents} and {@link dev.godwit.agent.manage.MigrationMXBean}. Neither is brought up for that: events
 * are made once somebody else has Flight Recorder in use, and the bean joins the platform's MBean server once somebody else has
 * made it, unless the user asks for more. Either may be missing from the JVM.
 */
package dev.godwit.agent.manage;
