/**
 * Memory virtualization: machine frames, the P2M table that leads from guest frames to them, and the log of the pages
 * that a guest has written. Contents are tokens, not bytes.
 */
package dev.godwit.hypervisor.memory;
