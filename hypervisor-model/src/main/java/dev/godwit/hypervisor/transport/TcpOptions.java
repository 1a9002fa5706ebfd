package dev.godwit.hypervisor.transport;

import java.util.Optional;

/**
 * How two hosts connect.
 *
 * @param bandwidthBytesPerSecond what this end sends at most; 0: no limit
 * @param latencyNanos added to everything that this end sends
 * @param greetingNanos a peer that has not introduced itself by then is dropped
 * @param idleNanos a peer that takes nothing, or gives nothing while it is waited for, for so long is dropped
 * @param secret what both ends know; empty: none, which is allowed on loopback and with TLS
 * @param tls certificates; empty: not encrypted
 * @param plainAnywhere true if connections that are not encrypted may leave this machine
 */
public record TcpOptions(
        long bandwidthBytesPerSecond,
        long latencyNanos,
        long greetingNanos,
        long idleNanos,
        Optional<String> secret,
        Optional<TlsFiles> tls,
        boolean plainAnywhere) {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** Checks the figures; the message is one line for the user. */
    public TcpOptions {
        if (bandwidthBytesPerSecond < 0 || latencyNanos < 0 || latencyNanos > 10 * NANOS_PER_SECOND) {
            throw new IllegalArgumentException("bandwidth " + bandwidthBytesPerSecond + " bytes/s, latency "
                    + latencyNanos + " ns: give a bandwidth of zero or more and a latency of up to 10 s");
        }
        if (greetingNanos <= 0 || idleNanos <= 0) {
            throw new IllegalArgumentException(
                    "time limits of " + greetingNanos + " and " + idleNanos + " ns: give some above zero");
        }
        if (secret.isPresent() && secret.get().isEmpty()) {
            throw new IllegalArgumentException("an empty secret: give one, or none");
        }
    }

    /** No limit, no latency, 5 s to introduce oneself, 10 s to answer, neither secret nor TLS: for loopback. */
    public static TcpOptions defaults() {
        return new TcpOptions(
                0, 0, 5 * NANOS_PER_SECOND, 10 * NANOS_PER_SECOND, Optional.empty(), Optional.empty(), false);
    }

    public TcpOptions withBandwidthBytesPerSecond(long value) {
        return new TcpOptions(value, latencyNanos, greetingNanos, idleNanos, secret, tls, plainAnywhere);
    }

    public TcpOptions withLatencyNanos(long value) {
        return new TcpOptions(bandwidthBytesPerSecond, value, greetingNanos, idleNanos, secret, tls, plainAnywhere);
    }

    public TcpOptions withGreetingNanos(long value) {
        return new TcpOptions(bandwidthBytesPerSecond, latencyNanos, value, idleNanos, secret, tls, plainAnywhere);
    }

    public TcpOptions withIdleNanos(long value) {
        return new TcpOptions(bandwidthBytesPerSecond, latencyNanos, greetingNanos, value, secret, tls, plainAnywhere);
    }

    public TcpOptions withSecret(String value) {
        return new TcpOptions(
                bandwidthBytesPerSecond,
                latencyNanos,
                greetingNanos,
                idleNanos,
                Optional.of(value),
                tls,
                plainAnywhere);
    }

    public TcpOptions withTls(TlsFiles value) {
        return new TcpOptions(
                bandwidthBytesPerSecond,
                latencyNanos,
                greetingNanos,
                idleNanos,
                secret,
                Optional.of(value),
                plainAnywhere);
    }

    public TcpOptions withPlainAnywhere(boolean value) {
        return new TcpOptions(bandwidthBytesPerSecond, latencyNanos, greetingNanos, idleNanos, secret, tls, value);
    }

    /** A secret is not for logs. */
    @Override
    public String toString() {
        return "bandwidth " + bandwidthBytesPerSecond + " bytes/s, latency " + latencyNanos + " ns, "
                + (secret.isPresent() ? "with" : "no") + " secret, " + (tls.isPresent() ? "TLS" : "plain");
    }
}
