/**
 * Links between hosts: bandwidth and latency, and what breaks when. They know bytes, not pages.
 */
package dev.godwit.hypervisor.transport;
