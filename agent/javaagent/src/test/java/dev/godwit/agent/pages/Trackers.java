package dev.godwit.agent.pages;

import static org.junit.jupiter.api.Assumptions.abort;

/** What tests of trackers need from the machine. */
final class Trackers {
    private Trackers() {}

    /** Skips the test, and says why, where the kernel or the rights do not allow write-protection. */
    static void assumeWriteProtection() {
        try {
            WriteProtectTracker.open().close();
        } catch (RuntimeException refused) {
            abort("no write-protection here: " + refused.getMessage());
        }
    }
}
