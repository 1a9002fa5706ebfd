package dev.godwit.hypervisor.stream.verify;

import java.io.IOException;

/** Takes Pages records: what they say of each page, and what the page then holds. */
final class CourseOfPages {
    private static final int ZERO = 1;
    private static final int RAW = 2;
    private static final int DELTA = 3;
    private static final int LZ4 = 4;
    private static final int ZSTD = 5;
    private static final int DROPPED = 6;
    private static final int STORED = 7;

    /** How a page stands in the file: its encoding, and above it its size. */
    private static final int SIZE_SHIFT = 8;

    private final CaptureBytes file;
    private final PageContents contents;
    private final Ledger ledger = new Ledger();
    private byte[] page = {};
    private byte[] encoded = {};
    private long hashOfZeros;
    private long decoded;

    CourseOfPages(CaptureBytes file, PageContents contents) {
        this.file = file;
        this.contents = contents;
    }

    Ledger ledger() {
        return ledger;
    }

    /** Zero before Guest. */
    int pageBytes() {
        return page.length;
    }

    void setPageBytes(int bytes) {
        page = new byte[bytes];
        encoded = new byte[bytes];
        hashOfZeros = PageContents.hash(page, 0, bytes);
    }

    /** Pages whose content was restored. */
    long decoded() {
        return decoded;
    }

    /**
     * Takes a payload.
     *
     * @param bytes of the payload, which begins at {@code at} in the file
     * @param round a number of its own for each round
     * @param demanded true if only missing pages may come
     * @param totals gets what it carries
     */
    void take(Payload in, byte[] bytes, long at, int round, boolean forward, boolean demanded, PageTotals totals)
            throws IOException {
        long entries = in.u32();
        long flags = in.u32();
        in.require(entries >= 1 && entries <= 65536 && flags <= 1, entries + " entries, flags " + flags);
        in.require(flags == 0 || demanded, "an answer outside of a demand round");
        long dataAt = in.at() + entries * 16;
        Payload data = new Payload(bytes, in.at() + in.left(), "data of pages");
        data.skip(dataAt);
        for (long i = 0; i < entries; i++) {
            long first = in.u63();
            long count = in.u32();
            int size = in.u16();
            int encoding = in.u8();
            in.zeros(1);
            boolean single = encoding == DELTA || encoding == LZ4 || encoding == ZSTD;
            in.require(encoding >= ZERO && encoding <= STORED, "encoding " + encoding);
            in.require(count >= 1 && first + count <= 1L << 52 && first + count > 0, count + " pages from " + first);
            boolean rightSize =
                    single ? count == 1 && size < page.length && (size > 0 || encoding == DELTA) : size == 0;
            in.require(rightSize, count + " pages of encoding " + encoding + " in " + size + " bytes");
            long each = encoding == RAW ? page.length : size;
            for (long number = first; number < first + count; number++) {
                int from = data.at();
                data.skip(each);
                ledger.carried(number, round, demanded);
                content(number, encoding, bytes, from, size, at + from, forward);
            }
            totals.pages[encoding] += count;
            totals.data += each * count;
        }
        data.finish();
        in.skip(in.left());
    }

    private void content(long number, int encoding, byte[] bytes, int from, int size, long where, boolean forward)
            throws IOException {
        try {
            switch (encoding) {
                case ZERO -> ledger.known(number, where, ZERO, hashOfZeros, forward);
                case DROPPED -> ledger.dropped(number);
                case STORED -> ledger.stored(number);
                case RAW -> ledger.known(number, where, RAW, PageContents.hash(bytes, from, page.length), forward);
                case DELTA -> delta(number, bytes, from, size, forward);
                default -> {
                    decode(encoding, bytes, from, size, page);
                    int how = encoding | size << SIZE_SHIFT;
                    ledger.known(number, where, how, PageContents.hash(page, 0, page.length), forward);
                }
            }
        } catch (StreamRefused refused) {
            throw new StreamRefused("page " + number + ": " + refused.getMessage());
        }
        decoded += encoding == DROPPED || encoding == STORED ? 0 : 1;
    }

    private void delta(long number, byte[] bytes, int from, int size, boolean forward) throws IOException {
        byte[] base = ledger.base(number);
        if (base == null) {
            base = again(ledger.how(number), ledger.where(number));
        }
        PageContents.delta(bytes, from, size, base);
        ledger.knownAndHeld(number, base, PageContents.hash(base, 0, base.length), forward);
    }

    /** What a page held when it went over, read from the file once more. */
    private byte[] again(int how, long where) throws IOException {
        byte[] base = new byte[page.length];
        int encoding = how & ((1 << SIZE_SHIFT) - 1);
        if (encoding == RAW) {
            file.read(where, base, base.length);
        } else if (encoding != ZERO) {
            int size = how >>> SIZE_SHIFT;
            file.read(where, encoded, size);
            decode(encoding, encoded, 0, size, base);
        }
        return base;
    }

    private void decode(int encoding, byte[] bytes, int from, int size, byte[] into) throws StreamRefused {
        if (encoding == LZ4) {
            contents.lz4(bytes, from, size, into);
        } else {
            contents.zstd(bytes, from, size, into);
        }
    }
}
