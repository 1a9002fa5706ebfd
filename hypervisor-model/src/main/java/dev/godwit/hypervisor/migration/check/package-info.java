/**
 * The independent check of a migration: the destination is checked, not trusted. Shares no code with any engine, nor with
 * the maps that engines decide by.
 */
package dev.godwit.hypervisor.migration.check;
