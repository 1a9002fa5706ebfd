package dev.godwit.agent.pages;

import dev.godwit.linux.ProcNumbers;
import java.io.IOException;

/** How many mappings a process may have: {@code vm.max_map_count}. */
final class MappingLimit {
    private static final String SETTING = "/proc/sys/vm/max_map_count";
    private static final long KERNEL_DEFAULT = 65_530;

    private MappingLimit() {}

    /** The setting, or the kernel's default where it cannot be read. */
    static long read() {
        try {
            return ProcNumbers.readSingle(SETTING);
        } catch (IOException unreadable) {
            return KERNEL_DEFAULT;
        }
    }
}
