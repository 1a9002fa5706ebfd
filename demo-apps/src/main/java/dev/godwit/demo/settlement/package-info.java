/**
 * Batch work in the manner of a clearing house: through the day little happens, and that is announced; then a batch settles
 * what has come in, and must not be interrupted while it does.
 *
 * <p>Everything it tells a hypervisor goes through the hint API: the batch is a critical section, behind it lies a safe
 * point, and the gap is announced as quiet with its length. It counts which of its batches a pause has hit, so that one
 * can see from inside whether the hints were heeded.
 */
package dev.godwit.demo.settlement;
