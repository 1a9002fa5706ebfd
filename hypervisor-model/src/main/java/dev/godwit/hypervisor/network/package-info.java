/**
 * The network that a VM is reached through: software switches with learning tables, the announcement of a VM that has
 * moved, and a client that keeps a conversation with it. Frames carry what they are about, not bytes.
 *
 * <p>What is modelled: latency, learning, flooding, ageing, loss where a frame is led to a port that nobody is behind,
 * retransmission. What is not: bandwidth and congestion of this network; the migration's own link is another.
 */
package dev.godwit.hypervisor.network;
