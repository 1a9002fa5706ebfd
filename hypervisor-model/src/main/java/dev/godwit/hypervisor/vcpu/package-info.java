/**
 * Virtual processors: their control blocks.
 */
package dev.godwit.hypervisor.vcpu;
