/**
 * Pre-copy: all pages in a first round, then in each round the pages written during the last one; when little enough is
 * left the guest is paused, the rest is sent, and the destination takes over (Clark et al., NSDI 2005). With hints the
 * young generation is left out of the rounds and collected just before the pause (Hou et al., EuroSys 2015).
 * With auto-converge a guest that dirties its memory faster than it is sent is slowed, as in QEMU.
 */
package dev.godwit.hypervisor.migration.precopy;
