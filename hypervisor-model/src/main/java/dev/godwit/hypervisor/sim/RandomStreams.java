package dev.godwit.hypervisor.sim;

import java.util.SplittableRandom;

/**
 * Sole source of chance. Each use has a stream of its own, named, so that drawing more numbers in one place moves
 * nothing elsewhere: the same seed and name give the same numbers.
 *
 * @param seed what the user gave
 */
public record RandomStreams(long seed) {

    /** A fresh stream at its beginning. */
    public SplittableRandom stream(String name) {
        return stream(name, 0);
    }

    /** A fresh stream at its beginning, one of a numbered family. */
    public SplittableRandom stream(String name, long number) {
        long hash = mix(seed ^ 0x9E3779B97F4A7C15L);
        for (int i = 0; i < name.length(); i++) {
            hash = mix(hash * 31 + name.charAt(i));
        }
        return new SplittableRandom(mix(hash ^ mix(number)));
    }

    /** The finalizer of MurmurHash3: spreads every bit of the argument over all bits of the result. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 33)) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ (mixed >>> 33);
    }
}
