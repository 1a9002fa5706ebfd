package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.linux.NativeAccess;
import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.PageSize;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A program that has memory and does nothing, for measurements: it fills so many pages, says so in a line, and ends with its input.
 * Argument: the number of pages.
 */
final class PagesOfNobody {
    /** What it prints once it has its memory. */
    static final String READY = "ready";

    private PagesOfNobody() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws IOException {
        NativeAccess.initialise();
        int bytes = Integer.parseInt(arguments[0]) * PageSize.bytes();
        try (NativeBuffer memory = NativeBuffer.privateMemory(bytes)) {
            ByteBuffer words = memory.slice(0, bytes);
            for (long word = 1; words.hasRemaining(); word++) {
                words.putLong(word);
            }
            System.out.println(READY);
            while (System.in.read() >= 0) {
                // Until whoever started it is gone.
            }
        }
    }
}
