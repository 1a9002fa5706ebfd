/**
 * Physical hosts: PCPUs, and the credit scheduler that shares them in time between VCPUs and the hypervisor's threads.
 *
 * <pre>{@code
 * Host host = new Host("source", clock, 1);                     // one PCPU of 3 GHz
 * VirtualMachine vm = new VirtualMachine("vm", host, new Share(512, 0), memory, program);
 * HypervisorThread migration = host.thread("migration");
 * migration.begin(nanos);                                       // beside what else takes time
 * link.send(bytes);
 * migration.finish();                                           // until it was given that much of a PCPU
 * }</pre>
 *
 * <p>{@code FairShares} says without a scheduler what threads get that share processors fairly, as in the replay of a rehearsal.
 *
 * <p>Where everyone has a PCPU of its own nothing is scheduled, and it costs next to nothing.
 */
package dev.godwit.hypervisor.host;
