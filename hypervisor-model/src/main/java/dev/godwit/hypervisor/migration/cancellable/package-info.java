/**
 * Cancellable post-copy: post-copy, and what the guest writes at the destination comes back to the source all the time, as
 * consistent points. Until all memory has arrived the operator can still cancel, and nothing is lost; a destination that
 * fails takes only the work since the last point with it.
 *
 * <p>After Yamada's group; PostCopyFT (Fernando, Terner, Gopalan and Yang, "Live Migration Ate My VM: Recovering a Virtual
 * Machine after Failure of Post-Copy Live Migration", INFOCOM 2019) checkpoints in reverse for the second of the two.
 */
package dev.godwit.hypervisor.migration.cancellable;
