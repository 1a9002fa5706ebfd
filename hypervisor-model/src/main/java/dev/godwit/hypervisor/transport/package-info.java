/**
 * Links between hosts: bandwidth and latency. They know bytes, not pages.
 */
package dev.godwit.hypervisor.transport;
