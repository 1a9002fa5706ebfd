/**
 * What the agent does for a controller, on a daemon thread of its own that no thread of the application ever waits for:
 * forced collections, the layout, stalls felt inside the JVM.
 */
package dev.godwit.agent.control;
