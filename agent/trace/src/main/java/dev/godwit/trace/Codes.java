package dev.godwit.trace;

import dev.godwit.trace.PayloadReader.BadPayloadException;
import java.util.function.ToIntFunction;

/** Finds the constant of an enum by its code on disk. */
final class Codes {
    private Codes() {}

    static <E> E find(E[] constants, ToIntFunction<E> code, int wanted, String field) {
        for (E constant : constants) {
            if (code.applyAsInt(constant) == wanted) {
                return constant;
            }
        }
        throw new BadPayloadException(field + "=" + wanted + " is unknown");
    }
}
