package dev.godwit.hypervisor.stream;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * The hash of a page: CRC-32 in the upper 32 bits, CRC32C in the lower. The processor computes both; it finds accidents, not
 * forgeries. Not thread-safe.
 */
public final class PageHash {
    private final CRC32 upper = new CRC32();
    private final CRC32C lower = new CRC32C();

    /** Hash of what is left in a buffer, whose position then is its limit. */
    public long of(ByteBuffer page) {
        int from = page.position();
        upper.reset();
        upper.update(page);
        page.position(from);
        lower.reset();
        lower.update(page);
        return upper.getValue() << 32 | lower.getValue();
    }

    /** Hash of a page in an array. */
    public long of(byte[] bytes, int offset, int length) {
        upper.reset();
        upper.update(bytes, offset, length);
        lower.reset();
        lower.update(bytes, offset, length);
        return upper.getValue() << 32 | lower.getValue();
    }
}
