/**
 * Puts host, memory, VCPU, devices and program together into a VM, says where a VM's time went ({@link
 * dev.godwit.hypervisor.machine.TimeSpent}), and puts hosts into their surroundings: shared storage, a network, and a
 * client of the VM's.
 */
package dev.godwit.hypervisor.machine;
