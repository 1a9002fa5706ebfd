package dev.godwit.agent.pages;

import dev.godwit.linux.ProcNumbers;
import dev.godwit.trace.MachineMemory;
import java.io.IOException;
import java.util.Map;

/**
 * Reads what the memory of the machine holds, from {@code /proc/meminfo}, {@code /proc/vmstat} and
 * {@code /proc/self/status}. Not thread-safe.
 */
public final class MachineMemoryProbe {
    private final ProcNumbers meminfo;
    private final ProcNumbers vmstat;
    private final ProcNumbers status;

    /** Reads the machine and process that the caller runs in. */
    public MachineMemoryProbe() {
        this("/proc/meminfo", "/proc/vmstat", "/proc/self/status");
    }

    MachineMemoryProbe(String meminfo, String vmstat, String status) {
        this.meminfo = new ProcNumbers(meminfo);
        this.vmstat = new ProcNumbers(vmstat);
        this.status = new ProcNumbers(status);
    }

    /**
     * Reads the figures. They are not of one instant, so that each part is cut to what the parts before leave; what
     * remains is the kernel's, and the parts always add up to the total.
     *
     * @throws IOException if a file cannot be read or lacks a figure
     */
    public MachineMemory read(long timeNanos) throws IOException {
        Map<String, Long> machine = meminfo.read();
        Map<String, Long> process = status.read();
        long shared = meminfo.require(machine, "Shmem");
        long ownFile = status.require(process, "RssFile");
        long ownShared = status.require(process, "RssShmem");
        long ownAnonymous = status.require(process, "RssAnon");
        // Cached has the pages of files, and those of shared memory, which lies in files of a kind too.
        long files = meminfo.require(machine, "Buffers") + meminfo.require(machine, "Cached") - shared;
        long processes = meminfo.require(machine, "AnonPages") + shared;

        long total = meminfo.require(machine, "MemTotal");
        Remainder left = new Remainder(total);
        long jvm = left.take(ownAnonymous + ownFile + ownShared);
        long free = left.take(meminfo.require(machine, "MemFree"));
        long others = left.take(processes - ownAnonymous - ownShared);
        long pageCache = left.take(files - ownFile);
        return new MachineMemory(
                timeNanos,
                total,
                left.take(total),
                pageCache,
                others,
                free,
                jvm,
                vmstat.require(vmstat.read(), "nr_dirtied"));
    }

    /** What is not yet given to a part. */
    private static final class Remainder {
        private long bytes;

        Remainder(long bytes) {
            this.bytes = bytes;
        }

        long take(long wanted) {
            long taken = Math.max(0, Math.min(wanted, bytes));
            bytes -= taken;
            return taken;
        }
    }
}
