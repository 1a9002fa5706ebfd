package dev.godwit.hypervisor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Ctrl-C's signal in tests. */
public final class Interrupts {
    private Interrupts() {}

    /** Skips the test where the signal is ignored: what a shell starts in the background ignores it, and so do all its children. */
    public static void need() throws IOException {
        String ignored = Files.readString(Path.of("/proc/self/status")).replaceAll("(?s).*SigIgn:\\s*(\\w+).*", "$1");
        Assumptions.assumeTrue((Long.parseUnsignedLong(ignored, 16) & 2) == 0, "SIGINT is ignored here");
    }
}
