/**
 * Who drives a VM: a recorded run, replayed in virtual time, and what a hypervisor can ask the agent inside.
 */
package dev.godwit.hypervisor.guest;
