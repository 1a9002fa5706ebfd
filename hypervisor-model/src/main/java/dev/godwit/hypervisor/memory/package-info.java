/**
 * Memory virtualization: the frames of a host and their owners, the P2M table that leads from guest frames to them, the
 * balloon that gives frames back, and the log of the pages that a guest has written, by nested or by shadow paging.
 * Contents are tokens, not bytes.
 */
package dev.godwit.hypervisor.memory;
