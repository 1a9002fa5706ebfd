package dev.godwit.hypervisor.guest;

import dev.godwit.hypervisor.device.DeviceBoard;
import dev.godwit.hypervisor.device.VirtualDisk;

/**
 * What a guest's kernel does with its devices of its own accord: it writes back the pages of its page cache, each dirtied
 * page as one request, and makes sure of its neighbour in the network.
 *
 * <p>What is modelled: pages are written back at the pace at which they are dirtied, not in bursts; a full queue makes
 * the rest wait. A trace says how many pages were dirtied, not which: requests go round a file.
 */
public final class KernelActivity implements DeviceBoard.Driver {
    /** Blocks of the file that is written: 256 MiB. */
    private static final int FILE_BLOCKS = 1 << 16;

    /** Linux makes sure of a neighbour that it talks with every 15 to 45 s: {@code base_reachable_time} of 30 s. */
    private static final long NEIGHBOUR_CHECK_NANOS = 30_000_000_000L;

    private final double writesPerNano;
    private double owedWrites;
    private long written;
    private long sinceNeighbourCheckNanos;

    /**
     * @param pagesPerSecond pages of the page cache that are dirtied in a second of execution
     */
    public KernelActivity(double pagesPerSecond) {
        this.writesPerNano = pagesPerSecond / 1e9;
    }

    /** The kernel of the guest that a run recorded. */
    public static KernelActivity of(RecordedRun run) {
        return new KernelActivity(run.pageCacheDirtiedPerSecond());
    }

    @Override
    public Runnable mark() {
        double owed = owedWrites;
        long wrote = written;
        long sinceCheckNanos = sinceNeighbourCheckNanos;
        return () -> {
            owedWrites = owed;
            written = wrote;
            sinceNeighbourCheckNanos = sinceCheckNanos;
        };
    }

    @Override
    public void executed(DeviceBoard board, long executedNanos) {
        VirtualDisk disk = board.disk();
        owedWrites += executedNanos * writesPerNano;
        while (owedWrites >= 1 && disk.accepts()) {
            owedWrites--;
            written++;
            disk.submit(true, written % FILE_BLOCKS, written);
        }
        sinceNeighbourCheckNanos += executedNanos;
        if (sinceNeighbourCheckNanos >= NEIGHBOUR_CHECK_NANOS) {
            sinceNeighbourCheckNanos -= NEIGHBOUR_CHECK_NANOS;
            board.nic().sendOwn();
        }
    }
}
