/**
 * Hybrid: one round of pre-copy over all of memory, then post-copy of what was written meanwhile. With hints the young
 * generation is left out of the round, collected before the pause, and what is proven empty then is never sent.
 */
package dev.godwit.hypervisor.migration.hybrid;
