package dev.godwit.agent.pages;

import dev.godwit.agent.heap.VmRanges;
import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.PageSize;
import dev.godwit.linux.Pagemap;
import dev.godwit.linux.ProcessMaps;
import dev.godwit.linux.ProcessMemory;
import dev.godwit.linux.SystemCallException;
import dev.godwit.trace.DirtyPages;
import dev.godwit.trace.PageRuns;
import dev.godwit.trace.PageTracker;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Tracks writes by hashing each page in every scan. Works on any kernel and costs the application no page fault, but
 * reads the whole memory each time, about 0.4 s of processor time per GiB, and does not see a page that was written and
 * has its earlier content again.
 *
 * <p>Memory is read through the kernel, so that a page that vanishes makes the read short and never faults. Mappings
 * that cannot be read are left out.
 */
public final class HashTracker implements DirtyPageTracker {
    private static final int CHUNK_PAGES = 64;

    private final Pagemap pagemap;
    private final ProcessMemory memory;
    private final NativeBuffer chunk;
    private final ByteBuffer chunkBytes;
    private final TrackableMappings mappings = new TrackableMappings();
    private final PresentPages present = new PresentPages();
    private final AddressRanges mapped = new AddressRanges();
    private final AddressRanges untracked = new AddressRanges();
    private final AddressRanges untrackedBefore = new AddressRanges();
    private final AddressRanges stillUntracked = new AddressRanges();
    private final AddressRanges toHash = new AddressRanges();
    private final AddressRanges changed = new AddressRanges();
    private final AddressRanges vanished = new AddressRanges();
    private final AddressRanges leftHand = new AddressRanges();
    private final AddressRanges rightHand = new AddressRanges();
    private HashTable before;
    private HashTable now;

    private boolean isFirst = true;
    private long lastNanos;
    private long pagesBeyondTable;

    private HashTracker(Pagemap pagemap, ProcessMemory memory, int mostPages) {
        this.pagemap = pagemap;
        this.memory = memory;
        this.chunk = NativeBuffer.shared((long) CHUNK_PAGES * PageSize.bytes());
        this.chunkBytes = chunk.slice(0, CHUNK_PAGES * PageSize.bytes());
        this.before = new HashTable(mostPages);
        this.now = new HashTable(mostPages);
    }

    /**
     * Opens a tracker.
     *
     * @param mostPages largest number of pages to hash, 16 bytes of memory each; pages beyond count as always written
     * @throws SystemCallException if the process may not read its own memory or page map
     * @throws dev.godwit.linux.NativeAccessException if JNA cannot be used
     */
    public static HashTracker open(int mostPages) {
        Pagemap pagemap = Pagemap.openSelf();
        try {
            return new HashTracker(pagemap, ProcessMemory.ofSelf(), mostPages);
        } catch (RuntimeException failure) {
            pagemap.close();
            throw failure;
        }
    }

    @Override
    public PageTracker kind() {
        return PageTracker.HASH_COMPARE;
    }

    @Override
    public String limitation() {
        if (pagesBeyondTable > 0) {
            return pagesBeyondTable + " pages are more than the table of hashes holds: they count as always written";
        }
        return mappings.limitation();
    }

    @Override
    public DirtyPages scan(long timeNanos, long epoch, List<VmRanges.Range> untrackedWish) {
        findRanges(untrackedWish);
        scanPresent();
        toHash.setDifference(present.now(), stillUntracked);
        hashAll();

        PageRuns written = isFirst ? present.now().toPageRuns() : joinWritten();
        PageRuns dropped = isFirst ? PageRuns.empty() : present.dropped().toPageRuns();
        long fromNanos = isFirst ? timeNanos : lastNanos;
        isFirst = false;
        lastNanos = timeNanos;
        return new DirtyPages(fromNanos, timeNanos, epoch, written, PageRuns.empty(), dropped);
    }

    /** What is untracked from now on is hashed a last time, for the interval that ends; what stays untracked is not. */
    private void findRanges(List<VmRanges.Range> wanted) {
        mappings.read();
        mapped.clear();
        for (ProcessMaps.Entry entry : mappings.entries()) {
            if (entry.isReadable()) {
                mapped.add(entry.start(), entry.end());
            }
        }
        untrackedBefore.setCopy(untracked);
        UntrackedRanges.choose(wanted, Integer.MAX_VALUE, untracked);
        stillUntracked.setIntersection(untrackedBefore, untracked);
    }

    private void scanPresent() {
        AddressRanges now = present.next();
        for (int i = 0; i < mapped.size(); i++) {
            pagemap.scanPresent(mapped.start(i), mapped.end(i), now);
        }
    }

    private void hashAll() {
        HashTable older = before;
        before = now;
        now = older;
        now.clear();
        before.rewind();
        changed.clear();
        vanished.clear();
        pagesBeyondTable = 0;
        for (int i = 0; i < toHash.size(); i++) {
            hashRange(toHash.start(i), toHash.end(i));
        }
        // Not in the table either, so that they are reported when they come back.
        present.remove(vanished);
    }

    private void hashRange(long start, long end) {
        long address = start;
        while (address < end) {
            if (now.isFull()) {
                changed.add(address, end);
                pagesBeyondTable += (end - address) >>> PageSize.shift();
                return;
            }
            long wanted = Math.min(end - address, chunk.bytes());
            int pages = (int) (memory.read(address, chunk.address(), wanted) >>> PageSize.shift());
            for (int i = 0; i < pages && !now.isFull(); i++) {
                hashPage(address, i * PageSize.bytes());
                address += PageSize.bytes();
            }
            if (pages == 0) {
                vanished.add(address, address + PageSize.bytes());
                address += PageSize.bytes();
            }
        }
    }

    private void hashPage(long address, int offset) {
        long hash = PageHash.of(chunkBytes, offset, PageSize.bytes());
        if (!before.isKnown(address, hash)) {
            changed.add(address, address + PageSize.bytes());
        }
        if (!untracked.contains(address)) {
            now.append(address, hash);
        }
    }

    private PageRuns joinWritten() {
        leftHand.setIntersection(present.appeared(), stillUntracked);
        rightHand.setUnion(changed, leftHand);
        return rightHand.toPageRuns();
    }

    @Override
    public void close() {
        before.close();
        now.close();
        chunk.close();
        memory.close();
        pagemap.close();
    }
}
