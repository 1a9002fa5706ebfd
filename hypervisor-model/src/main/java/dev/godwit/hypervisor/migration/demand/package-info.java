/**
 * What techniques share that let the guest run at the destination before its memory is there: the switch, pages on
 * demand, and the push of the rest (Hines and Gopalan, VEE 2009).
 *
 * <p>What is modelled: the guest has one VCPU, so that it does nothing while it waits for a page; a request is too small
 * to load the link, and reaches the source after the link's latency; a page arrives the latency after it has left.
 * What is not known: a trace records writes, not reads. A guest here waits only before pages that it writes, so its
 * working set is that of its writes, and a real one waits more often.
 */
package dev.godwit.hypervisor.migration.demand;
