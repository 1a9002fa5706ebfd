package dev.godwit.hypervisor.transport;

import dev.godwit.hypervisor.sim.Entropy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What two hosts say before the first record: that they speak the same language, and that they know the same secret.
 *
 * <pre>
 *  source       magic 8  version 1  secret? 1  nonce 32
 *  destination  magic 8  version 1  secret? 1  nonce 32  proof 32
 *  source       proof 32
 *  destination  accepted 1
 * </pre>
 *
 * <p>A proof is HMAC-SHA-256, with the secret, over the name of the side and both nonces, the source's first; zeros without a
 * secret. It can neither be made without the secret nor used again. What follows is not protected by it: whoever can
 * change packets on the way can take the connection over. That is what TLS is for.
 */
final class Greeting {
    private static final byte[] MAGIC = "GDWTLINK".getBytes(StandardCharsets.US_ASCII);
    private static final byte VERSION = 1;
    private static final byte ACCEPTED = 1;
    private static final int NONCE_BYTES = 32;
    private static final int PROOF_BYTES = 32;
    private static final int HEAD_BYTES = MAGIC.length + 2 + NONCE_BYTES;

    private final ByteChannel channel;
    private final Optional<String> secret;
    private final String peer;

    Greeting(ByteChannel channel, Optional<String> secret, String peer) {
        this.channel = channel;
        this.secret = secret;
        this.peer = peer;
    }

    /** The source's part. */
    void begin() throws IOException {
        byte[] own = Entropy.bytes(NONCE_BYTES);
        channel.write(head(own, 0).flip());
        ByteBuffer answer = take(HEAD_BYTES);
        byte[] theirs = nonce(answer);
        byte[] proof = take(PROOF_BYTES).array();
        requireEqual(proof, proof("destination", own, theirs));
        channel.write(ByteBuffer.wrap(proof("source", own, theirs)));
        if (take(1).get() != ACCEPTED) {
            throw refused("it does not accept this host");
        }
    }

    /** The destination's part. */
    void answer() throws IOException {
        byte[] theirs = nonce(take(HEAD_BYTES));
        byte[] own = Entropy.bytes(NONCE_BYTES);
        channel.write(
                head(own, PROOF_BYTES).put(proof("destination", theirs, own)).flip());
        requireEqual(take(PROOF_BYTES).array(), proof("source", theirs, own));
        channel.write(ByteBuffer.wrap(new byte[] {ACCEPTED}));
    }

    private ByteBuffer head(byte[] nonce, int more) {
        return ByteBuffer.allocate(HEAD_BYTES + more)
                .put(MAGIC)
                .put(VERSION)
                .put((byte) (secret.isPresent() ? 1 : 0))
                .put(nonce);
    }

    private byte[] nonce(ByteBuffer head) throws LinkException {
        byte[] magic = new byte[MAGIC.length];
        head.get(magic);
        if (!MessageDigest.isEqual(magic, MAGIC)) {
            throw refused("it does not speak as a godwit");
        }
        byte version = head.get();
        if (version != VERSION) {
            throw refused("it speaks version " + version + ", this godwit speaks version " + VERSION);
        }
        boolean knows = head.get() != 0;
        if (knows != secret.isPresent()) {
            throw refused(
                    knows ? "it asks for a secret, this host has none" : "it has no secret, this host asks for one");
        }
        byte[] nonce = new byte[NONCE_BYTES];
        head.get(nonce);
        return nonce;
    }

    private byte[] proof(String side, byte[] nonceOfSource, byte[] nonceOfDestination) {
        if (secret.isEmpty()) {
            return new byte[PROOF_BYTES];
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.get().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update(side.getBytes(StandardCharsets.US_ASCII));
            mac.update(nonceOfSource);
            return mac.doFinal(nonceOfDestination);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no HMAC-SHA-256, which every Java must have", missing);
        }
    }

    private void requireEqual(byte[] given, byte[] due) throws LinkException {
        // In constant time: how much of a proof is right must not show.
        if (!MessageDigest.isEqual(given, due)) {
            throw refused("it does not know the secret");
        }
    }

    private ByteBuffer take(int bytes) throws IOException {
        ByteBuffer taken = ByteBuffer.allocate(bytes);
        while (taken.hasRemaining()) {
            if (channel.read(taken) < 0) {
                throw refused("it closed the connection before it had introduced itself");
            }
        }
        return taken.flip();
    }

    private LinkException refused(String why) {
        return new LinkException("peer " + peer + " refused: " + why);
    }
}
