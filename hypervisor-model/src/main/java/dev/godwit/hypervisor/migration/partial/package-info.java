/**
 * Partial migration: only VCPU and devices move, and what the guest touches is fetched; nothing else follows. After a stay
 * the guest goes home by sending what it wrote there. For a machine that is idle and whose host is to be switched off.
 *
 * <p>After Bila, de Lara, Joshi, Lagar-Cavilla, Hiltunen and Satyanarayanan, "Jettison: Efficient Idle Desktop Consolidation
 * with Partial VM Migration", EuroSys 2012.
 */
package dev.godwit.hypervisor.migration.partial;
