package dev.godwit.hypervisor.migration;

/**
 * Processor time that a migration takes on the two hosts, encoding and decoding left out ({@link
 * dev.godwit.hypervisor.page.EncoderThroughput}), as well as reading the dirty log ({@link
 * dev.godwit.hypervisor.memory.DirtyLog#takeCostNanos}).
 *
 * <p>Example: a page of 4 KiB that is sent raw takes 1.1 us to read and 1.1 us to send at the source, and as much to receive
 * and to place at the destination. One processor so carries about 1.9 GB/s, more than a link of 10 Gbit/s.
 *
 * @param readBytesPerSecond copying pages out of a guest, all of them, zeros too
 * @param sendBytesPerSecond giving what goes over the link to the network
 * @param receiveBytesPerSecond taking it from there
 * @param placeBytesPerSecond copying pages into a guest
 * @param faultNanos taking a page fault and answering it with a page, at the destination
 */
public record MigrationCosts(
        double readBytesPerSecond,
        double sendBytesPerSecond,
        double receiveBytesPerSecond,
        double placeBytesPerSecond,
        double faultNanos) {

    /**
     * Measured on a 2-core x86-64 VM with Linux 6.18. Reading: {@code process_vm_readv}, 256 ranges of 4 KiB a call, 3.8 GB/s;
     * placing is taken to cost the same. Sending and receiving: processor time of two processes that put 6 GiB through
     * TCP over the loopback device, by {@code getrusage}, median of three: 0.29 and 0.30 s for each GiB; a network card that
     * cuts and checks segments itself takes less. A fault: from the event read of a {@code userfaultfd} to the end of
     * {@code UFFDIO_COPY}, median 4.0 us.
     */
    public static final MigrationCosts MEASURED = new MigrationCosts(3.8e9, 3.7e9, 3.6e9, 3.8e9, 4000);

    /** Nothing costs anything: what is left is the link. */
    public static final MigrationCosts NONE = new MigrationCosts(
            Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 0);

    public MigrationCosts {
        require(readBytesPerSecond, "reading");
        require(sendBytesPerSecond, "sending");
        require(receiveBytesPerSecond, "receiving");
        require(placeBytesPerSecond, "placing");
        if (!(faultNanos >= 0)) {
            throw new IllegalArgumentException("faults at " + faultNanos + " ns: give a time of zero or more");
        }
    }

    private static void require(double bytesPerSecond, String what) {
        if (!(bytesPerSecond > 0)) {
            throw new IllegalArgumentException(
                    what + " at " + bytesPerSecond + " bytes/s: give a throughput above zero");
        }
    }

    /** At the source. */
    double sendingNanos(long pageBytes, long wireBytes) {
        return pageBytes * 1e9 / readBytesPerSecond + wireBytes * 1e9 / sendBytesPerSecond;
    }

    /** At the destination. */
    double receivingNanos(long pageBytes, long wireBytes) {
        return pageBytes * 1e9 / placeBytesPerSecond + wireBytes * 1e9 / receiveBytesPerSecond;
    }
}
