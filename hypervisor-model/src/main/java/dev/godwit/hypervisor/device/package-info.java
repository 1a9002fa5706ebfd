/**
 * Devices of a VM: a request of the guest traps and is emulated, at the VCPU's expense. A disk is a file on storage that
 * both hosts reach; a NIC joins a software switch. What a device's queues hold travels with the VM.
 */
package dev.godwit.hypervisor.device;
