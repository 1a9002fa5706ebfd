package dev.godwit.hypervisor.stream.verify;

import java.util.ArrayDeque;
import java.util.Queue;

/** Which pages the destination was asked to read from files, and what it found there. */
final class CourseOfFiles {
    private static final int MOST_PAGES = 65_536;
    private static final int MOST_PATH_BYTES = 4096;

    private final Ledger ledger;
    private final Queue<Asked> unanswered = new ArrayDeque<>();

    private record Asked(long first, long pages) {}

    CourseOfFiles(Ledger ledger) {
        this.ledger = ledger;
    }

    /** Takes Stored. */
    void ask(Payload in) throws StreamRefused {
        long first = in.u63();
        long count = in.u32();
        in.zeros(4);
        in.require(count >= 1 && count <= MOST_PAGES, count + " pages of a file");
        in.require(first <= (1L << 52) - count, "pages too far up");
        in.u63();
        in.require(!in.text(MOST_PATH_BYTES).isEmpty(), "a file without a name");
        for (long page = first; page < first + count; page++) {
            in.require(ledger.contains(page), "page " + page + " is in no range");
        }
        unanswered.add(new Asked(first, count));
    }

    /** Takes StoredHashes: the answer to the first that was not answered. */
    void answer(Payload in) throws StreamRefused {
        Asked asked = unanswered.poll();
        in.require(asked != null, "hashes of stored pages that nobody asked for");
        long first = in.u63();
        long count = in.u32();
        in.zeros(4);
        in.require(first == asked.first, "hashes of pages from " + first + " instead of from " + asked.first);
        boolean whole = (count == 0 || count == asked.pages) && count * 8 == in.left();
        in.require(whole, count + " hashes of " + asked.pages + " stored pages");
        long[] hashes = new long[(int) count];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = in.bits64();
        }
        if (count > 0) {
            ledger.read(first, hashes);
        }
    }
}
