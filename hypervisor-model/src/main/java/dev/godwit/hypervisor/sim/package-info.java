/**
 * Virtual time and seeded chance: the sole owner of both in a replay. Same seed, same calls, same results.
 */
package dev.godwit.hypervisor.sim;
