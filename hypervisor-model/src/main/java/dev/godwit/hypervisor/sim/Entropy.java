package dev.godwit.hypervisor.sim;

import java.security.SecureRandom;

/** Real chance, for what must not be guessed. A replay never asks it. */
public final class Entropy {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Entropy() {}

    /** So many bytes that nobody can predict. */
    public static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
