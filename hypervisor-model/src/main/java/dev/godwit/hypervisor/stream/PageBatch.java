package dev.godwit.hypervisor.stream;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Pages that go in one record. Made once and used again; adding pages and writing them allocates nothing.
 *
 * <p>Data is put where the batch has {@link #room}: read there what is to be sent, then say which pages it was.
 *
 * <pre>{@code
 * ByteBuffer room = batch.room();           // direct; what is left of the batch
 * read(room, 3 * 4096);                     // its position does not matter
 * batch.raw(100, 2);                        // the first two pages there are 100 and 101
 * batch.raw(205, 1);                        // the third is 205
 * int size = compress(page, batch.room());
 * batch.encoded(300, WireEncoding.LZ4, size);
 * writer.write(batch);                      // and the batch is empty again
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class PageBatch {
    private static final int ENTRIES_AT = StreamFormat.HEADER_BYTES + StreamFormat.PAGES_HEADER_BYTES;

    private final int pageBytes;
    private final int maxEntries;
    private final ByteBuffer head;
    private final ByteBuffer data;
    private final ByteBuffer room;
    private final ByteBuffer[] parts;
    private final PageCounts counts = new PageCounts();
    private int entries;
    private int used;
    private boolean answer;
    private long lastEnd = -1;
    private WireEncoding lastEncoding;

    /**
     * @param pageBytes size of a page
     * @param maxEntries runs of pages it has room for
     * @param dataBytes bytes of data it has room for
     * @throws IllegalArgumentException if that makes a record larger than the stream allows
     */
    public PageBatch(int pageBytes, int maxEntries, int dataBytes) {
        this(pageBytes, maxEntries, ByteBuffer.allocateDirect(checked(maxEntries, dataBytes)));
    }

    /**
     * A batch whose data is in memory of the caller's, such as memory that the kernel can read pages into.
     *
     * @param pageBytes size of a page
     * @param maxEntries runs of pages it has room for
     * @param memory room for data: all of a direct buffer, valid as long as the batch is used
     * @throws IllegalArgumentException if that makes a record larger than the stream allows
     */
    public PageBatch(int pageBytes, int maxEntries, ByteBuffer memory) {
        int unused = checked(maxEntries, memory.capacity());
        this.pageBytes = pageBytes;
        this.maxEntries = maxEntries;
        head = ByteBuffer.allocateDirect(ENTRIES_AT + maxEntries * StreamFormat.ENTRY_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        data = memory.duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
        room = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        parts = new ByteBuffer[] {head, data};
    }

    private static int checked(int maxEntries, int dataBytes) {
        long payload = StreamFormat.PAGES_HEADER_BYTES + (long) StreamFormat.ENTRY_BYTES * maxEntries + dataBytes;
        if (maxEntries < 1
                || maxEntries > StreamFormat.MAX_ENTRIES
                || dataBytes < 0
                || payload > StreamFormat.MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("a batch of " + maxEntries + " runs and " + dataBytes
                    + " bytes: a record holds at most " + StreamFormat.MAX_ENTRIES + " runs and "
                    + StreamFormat.MAX_PAYLOAD_BYTES + " bytes");
        }
        return dataBytes;
    }

    /** True if another run of so many raw pages, or an encoded page in place of one, has room. */
    public boolean hasRoom(int pages) {
        return entries < maxEntries && (long) pages * pageBytes <= data.capacity() - used;
    }

    /** True if nothing was added. */
    public boolean isEmpty() {
        return entries == 0;
    }

    /** What is left for data, from its position on; the same buffer each time. */
    public ByteBuffer room() {
        return room.limit(data.capacity()).position(used);
    }

    /** The next pages in {@link #room} are these, as they are. */
    public void raw(long firstPage, int pages) {
        long bytes = (long) pages * pageBytes;
        add(firstPage, pages, WireEncoding.RAW, 0, bytes);
    }

    /** What stands next in {@link #room} is a page, encoded in so many bytes. */
    public void encoded(long page, WireEncoding encoding, int bytes) {
        if (!encoding.isCompressed() || bytes < (encoding == WireEncoding.DELTA ? 0 : 1) || bytes >= pageBytes) {
            throw new IllegalArgumentException(
                    "a page as " + encoding.label() + " in " + bytes + " bytes: give less than " + pageBytes);
        }
        add(page, 1, encoding, bytes, bytes);
    }

    /** Pages of zeros. */
    public void zero(long firstPage, int pages) {
        add(firstPage, pages, WireEncoding.ZERO, 0, 0);
    }

    /** Pages that nobody needs. */
    public void dropped(long firstPage, int pages) {
        add(firstPage, pages, WireEncoding.DROPPED, 0, 0);
    }

    /** Pages that the destination reads from shared storage. */
    public void stored(long firstPage, int pages) {
        add(firstPage, pages, WireEncoding.STORED, 0, 0);
    }

    /** These pages answer a request. */
    public void answersRequest() {
        answer = true;
    }

    /** What was added. */
    public PageCounts counts() {
        return counts;
    }

    /** Forgets what was added. */
    public void clear() {
        head.clear();
        entries = 0;
        used = 0;
        answer = false;
        lastEnd = -1;
        counts.clear();
    }

    private void add(long firstPage, int pages, WireEncoding encoding, int size, long bytes) {
        if (pages < 1 || firstPage < 0 || firstPage > StreamFormat.MAX_PAGE_NUMBER - pages) {
            throw new IllegalArgumentException(pages + " pages from " + firstPage + ": no run of pages");
        }
        if (bytes > data.capacity() - used) {
            throw new IllegalStateException(
                    bytes + " bytes more in a batch that has " + (data.capacity() - used) + " left");
        }
        if (firstPage == lastEnd && encoding == lastEncoding && !encoding.isCompressed()) {
            int at = entryAt(entries - 1) + 8;
            head.putInt(at, head.getInt(at) + pages);
        } else {
            if (entries == maxEntries) {
                throw new IllegalStateException("a batch has room for " + maxEntries + " runs");
            }
            int at = entryAt(entries++);
            head.putLong(at, firstPage);
            head.putInt(at + 8, pages);
            head.putShort(at + 12, (short) size);
            head.put(at + 14, (byte) encoding.code());
            head.put(at + 15, (byte) 0);
        }
        lastEnd = firstPage + pages;
        lastEncoding = encoding;
        used += (int) bytes;
        counts.add(encoding, pages, bytes);
    }

    private static int entryAt(int entry) {
        return ENTRIES_AT + entry * StreamFormat.ENTRY_BYTES;
    }

    /** Header, with room for what the writer puts there, and entries; from position zero. */
    ByteBuffer head() {
        head.putInt(StreamFormat.HEADER_BYTES, entries);
        head.putInt(StreamFormat.HEADER_BYTES + 4, answer ? StreamFormat.FLAG_ANSWER : 0);
        return head.limit(entryAt(entries)).position(0);
    }

    /** Data, from position zero. */
    ByteBuffer data() {
        return data.limit(used).position(0);
    }

    /** Both, for a gathering write. */
    ByteBuffer[] parts() {
        return parts;
    }

    int payloadBytes() {
        return StreamFormat.PAGES_HEADER_BYTES + entries * StreamFormat.ENTRY_BYTES + used;
    }

    /** For messages: the first run that does not lie in the session's ranges, null if all do. */
    String outside(StreamSession session) {
        for (int i = 0; i < entries; i++) {
            long first = head.getLong(entryAt(i));
            int pages = head.getInt(entryAt(i) + 8);
            if (!session.holds(first, pages)) {
                return pages + " pages from " + first + " lie in no range";
            }
        }
        return null;
    }

    int pageBytes() {
        return pageBytes;
    }
}
