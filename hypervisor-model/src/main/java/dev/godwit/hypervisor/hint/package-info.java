/**
 * What the hypervisor makes of what the guest says: what each page is, and whether it is sent; when a migration begins and
 * when the guest is paused; whether the young generation is collected before that. Policies are pure.
 */
package dev.godwit.hypervisor.hint;
