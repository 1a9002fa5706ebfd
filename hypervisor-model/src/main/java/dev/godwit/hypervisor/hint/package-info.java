/**
 * What the hypervisor makes of what the guest says: what each page is, and whether it is sent.
 */
package dev.godwit.hypervisor.hint;
