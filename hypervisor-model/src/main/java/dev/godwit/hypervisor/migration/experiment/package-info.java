/**
 * Small synthetic runs, each of which shows one mechanism of live migration with nothing else in the way: what a lecture
 * draws on the board, computed. Deterministic: same seed, same figures.
 */
package dev.godwit.hypervisor.migration.experiment;
