/**
 * Puts memory, VCPU and program together into a VM.
 */
package dev.godwit.hypervisor.machine;
