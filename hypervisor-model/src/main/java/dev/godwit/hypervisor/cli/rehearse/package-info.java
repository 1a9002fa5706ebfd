/** What {@code godwit rehearse} and {@code godwit host} are made of. */
package dev.godwit.hypervisor.cli.rehearse;
