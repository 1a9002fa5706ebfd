/**
 * Puts host, memory, VCPU and program together into a VM, and says where a VM's time went ({@link
 * dev.godwit.hypervisor.machine.TimeSpent}).
 */
package dev.godwit.hypervisor.machine;
