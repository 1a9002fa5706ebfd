package dev.godwit.hypervisor.stream;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Pages as they were received, looked at one run after the other. All was checked before: nothing of it lies outside the
 * ranges or outside the record. Valid until the next record is read; not thread-safe.
 *
 * <pre>{@code
 * while (pages.next()) {
 *     if (pages.encoding() == WireEncoding.RAW) {
 *         write(pages.firstPage(), pages.pages(), pages.data());
 *     }
 * }
 * }</pre>
 */
public final class PagesRecord implements StreamRecord {
    private final PageCounts counts = new PageCounts();
    private ByteBuffer payload = ByteBuffer.allocate(0);
    private ByteBuffer view = payload;
    private int pageBytes;
    private int entries;
    private boolean answer;
    private int entry;
    private int dataAt;
    private int dataBytes;

    PagesRecord() {}

    @Override
    public RecordType type() {
        return RecordType.PAGES;
    }

    /** True if these pages answer a request. */
    public boolean isAnswer() {
        return answer;
    }

    /** Pages and data of the whole record; not to be changed. */
    public PageCounts counts() {
        return counts;
    }

    /** Goes to the next run; false if there is none. */
    public boolean next() {
        if (entry + 1 >= entries) {
            return false;
        }
        entry++;
        dataAt += dataBytes;
        dataBytes = dataBytes();
        return true;
    }

    /** Goes back in front of the first run. */
    public void rewind() {
        entry = -1;
        dataAt = StreamFormat.PAGES_HEADER_BYTES + entries * StreamFormat.ENTRY_BYTES;
        dataBytes = 0;
    }

    /** First page number of the run. */
    public long firstPage() {
        return payload.getLong(at());
    }

    /** Pages of the run. */
    public int pages() {
        return payload.getInt(at() + 8);
    }

    public WireEncoding encoding() {
        return WireEncoding.ofCode(payload.get(at() + 14) & 0xFF);
    }

    /** What stands for the run, from position to limit; the same read-only buffer each time. Empty if nothing does. */
    public ByteBuffer data() {
        return view.limit(dataAt + dataBytes).position(dataAt);
    }

    private int at() {
        return StreamFormat.PAGES_HEADER_BYTES + entry * StreamFormat.ENTRY_BYTES;
    }

    private int dataBytes() {
        return encoding() == WireEncoding.RAW ? pages() * pageBytes : payload.getShort(at() + 12) & 0xFFFF;
    }

    /** Takes a payload, from position zero to its limit, and checks all of it. */
    @SuppressWarnings("ReferenceEquality") // The same buffer, whatever it holds.
    void read(ByteBuffer in, int sizeOfPage, StreamSession session) throws StreamException {
        if (in != payload) {
            payload = in;
            view = in.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }
        pageBytes = sizeOfPage;
        counts.clear();
        entries = in.getInt(0);
        int flags = in.getInt(4);
        if (entries < 1
                || entries > StreamFormat.MAX_ENTRIES
                || StreamFormat.PAGES_HEADER_BYTES + entries * StreamFormat.ENTRY_BYTES > in.limit()) {
            throw new StreamException(Integer.toUnsignedString(entries) + " runs of pages in " + in.limit() + " bytes");
        }
        if ((flags & ~StreamFormat.FLAG_ANSWER) != 0) {
            throw new StreamException("flags " + Integer.toHexString(flags) + " of pages are not known");
        }
        answer = flags == StreamFormat.FLAG_ANSWER;
        long left = in.limit() - StreamFormat.PAGES_HEADER_BYTES - (long) entries * StreamFormat.ENTRY_BYTES;
        for (entry = 0; entry < entries; entry++) {
            left -= checkEntry(session);
        }
        if (left != 0) {
            throw new StreamException(left > 0 ? left + " bytes behind the pages" : -left + " bytes of pages lack");
        }
        rewind();
    }

    private long checkEntry(StreamSession session) throws StreamException {
        int pages = pages();
        long first = firstPage();
        WireEncoding encoding = encoding();
        int size = payload.getShort(at() + 12) & 0xFFFF;
        if (encoding == null || payload.get(at() + 15) != 0) {
            throw new StreamException("encoding " + (payload.getShort(at() + 14) & 0xFFFF) + " of page "
                    + Long.toUnsignedString(first) + " is not known");
        }
        if (pages < 1 || first < 0 || first > StreamFormat.MAX_PAGE_NUMBER - pages || !session.holds(first, pages)) {
            throw new StreamException(Integer.toUnsignedString(pages) + " pages from " + Long.toUnsignedString(first)
                    + " lie in no range");
        }
        boolean compressed = encoding.isCompressed();
        boolean empty = size == 0 && encoding != WireEncoding.DELTA;
        if (compressed ? pages != 1 || size >= pageBytes || empty : size != 0) {
            throw new StreamException(
                    pages + " pages from " + first + " as " + encoding.label() + " in " + size + " bytes");
        }
        long bytes = encoding == WireEncoding.RAW ? (long) pages * pageBytes : size;
        counts.add(encoding, pages, bytes);
        return bytes;
    }
}
