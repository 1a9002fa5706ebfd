/**
 * Virtual time and seeded chance: the sole owner of both in a replay. Same seed, same calls, same results. The real ones are
 * here too, for what happens in real time.
 */
package dev.godwit.hypervisor.sim;
