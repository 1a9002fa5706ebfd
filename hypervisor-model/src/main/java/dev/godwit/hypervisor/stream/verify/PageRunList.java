package dev.godwit.hypervisor.stream.verify;

/** A list of runs of pages, as Ranges and Missing hold it: in order, without overlap, within bounds. */
final class PageRunList {
    private static final long MOST_PAGE = 1L << 52;

    private PageRunList() {}

    /** Is given each run. */
    interface RunTaker {
        void take(long first, long count) throws StreamRefused;
    }

    /** Reads the rest of a record. */
    static void read(Payload in, RunTaker taker) throws StreamRefused {
        long count = in.u32();
        in.zeros(4);
        in.require(count * 16 == in.left(), count + " runs in " + in.left() + " bytes");
        long from = 0;
        for (long i = 0; i < count; i++) {
            long first = in.u63();
            long length = in.u32();
            in.u32();
            in.require(
                    length >= 1 && length <= Integer.MAX_VALUE && first >= from && first <= MOST_PAGE - length,
                    "a run out of order or bounds");
            taker.take(first, length);
            from = first + length;
        }
    }
}
