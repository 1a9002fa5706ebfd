/**
 * Virtual processors: their control blocks, and the account of where their time went.
 */
package dev.godwit.hypervisor.vcpu;
