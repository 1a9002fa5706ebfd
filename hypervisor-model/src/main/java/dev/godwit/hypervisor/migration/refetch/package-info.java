/**
 * Pages that the destination reads from shared storage instead of being sent them.
 *
 * <p>After Asanuma and Yamada, "DMigrate", IEEE Transactions on Computers 2024: a database's buffer pool is rebuilt from
 * shared storage at the destination, in parallel with the transfer of all else.
 */
package dev.godwit.hypervisor.migration.refetch;
