/**
 * Page encoders: what a page weighs on the wire, and what weighing it costs.
 *
 * <p>In a replay pages have no bytes. {@link dev.godwit.hypervisor.page.ModelledEncoder} draws what they weigh from the
 * contents that were sampled while the run was recorded, keeps a bounded cache of the pages sent, and has an {@link
 * dev.godwit.hypervisor.page.EncoderPolicy} pick the encoding of each kind of memory.
 *
 * <p>Pages that have bytes: {@link dev.godwit.hypervisor.page.ZeroPage}, {@link
 * dev.godwit.hypervisor.page.DeltaCompressor}, {@link dev.godwit.hypervisor.page.PageCompressor}.
 */
package dev.godwit.hypervisor.page;
