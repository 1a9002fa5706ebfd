/**
 * Links between hosts: bandwidth and latency, and what breaks when. They know bytes, not pages.
 *
 * <p>In a replay, {@link dev.godwit.hypervisor.transport.VirtualLink}. In real time, {@link
 * dev.godwit.hypervisor.transport.TcpLink}:
 *
 * <pre>{@code
 * TcpOptions options = TcpOptions.defaults().withBandwidthBytesPerSecond(125_000_000).withSecret(secret);
 * TcpListener listener = TcpListener.open(address, options);       // the destination
 * TcpLink link = listener.accept();                                // nothing of the peer was believed yet
 * link.greet();                                                    // LinkException: drop it, and accept the next
 *
 * TcpLink link = TcpLink.connect(address, options);                // the source; greets by itself
 * StreamWriter writer = StreamWriter.forward(session, link);       // a TcpLink is a channel, both ways
 * }</pre>
 */
package dev.godwit.hypervisor.transport;
