/**
 * Post-copy: the guest is paused, VCPU and devices are sent, the destination takes over at once, and memory follows: on
 * demand what the guest waits for, with its neighbours, and the rest meanwhile. Each page is sent once. With hints the
 * young generation is collected before the pause, what is proven empty is never sent, and the rest is pushed in the order
 * in which a JVM needs it.
 */
package dev.godwit.hypervisor.migration.postcopy;
