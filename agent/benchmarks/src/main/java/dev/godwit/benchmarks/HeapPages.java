package dev.godwit.benchmarks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Pages that look like a Java heap: objects of 16 to 80 bytes with header, class, references, small numbers and Latin-1
 * text, one behind the other. Seeded.
 */
final class HeapPages {
    static final int PAGE = 4096;

    private static final String WORDS =
            "select order item customer district warehouse new payment delivery stock level carrier history amount ";

    private final SplittableRandom random = new SplittableRandom(1);

    byte[][] pages(int count) {
        byte[][] pages = new byte[count][];
        for (int i = 0; i < count; i++) {
            pages[i] = page();
        }
        return pages;
    }

    /**
     * Later versions of pages, changed as far as was seen in a database's heap within a second: 12 % by up to 32 bytes,
     * 3 % by up to 128, 7 % by 0.5 to 2 KiB, the rest written anew.
     */
    byte[][] changed(byte[][] pages) {
        byte[][] changed = new byte[pages.length][];
        for (int i = 0; i < pages.length; i++) {
            int percent = random.nextInt(100);
            int bytes = percent < 12
                    ? 8 + random.nextInt(25)
                    : percent < 15 ? 33 + random.nextInt(96) : percent < 22 ? 512 + random.nextInt(1536) : PAGE;
            changed[i] = bytes == PAGE ? page() : mutated(pages[i], bytes);
        }
        return changed;
    }

    private byte[] mutated(byte[] page, int bytes) {
        byte[] now = page.clone();
        for (int left = bytes; left > 0; left -= Long.BYTES) {
            int word = random.nextInt(PAGE / Long.BYTES) * Long.BYTES;
            now[word] ^= (byte) (1 + random.nextInt(255));
        }
        return now;
    }

    private byte[] page() {
        ByteBuffer page = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
        while (page.remaining() >= 80) {
            page.putLong(1);
            page.putInt(0x00C0_1000 + random.nextInt(24) * 0x210);
            if (random.nextInt(3) == 0) {
                text(page);
            } else {
                fields(page);
            }
        }
        return page.array();
    }

    private void text(ByteBuffer page) {
        int length = 4 + random.nextInt(40);
        page.putInt(length);
        int from = random.nextInt(WORDS.length() - length);
        for (int i = 0; i < length; i++) {
            page.put((byte) WORDS.charAt(from + i));
        }
        align(page);
    }

    private void fields(ByteBuffer page) {
        int fields = 1 + random.nextInt(8);
        for (int i = 0; i < fields; i++) {
            boolean reference = random.nextInt(2) == 0;
            page.putInt(reference ? 0xE000_0000 + (random.nextInt(1 << 20) << 1) : random.nextInt(2000));
        }
        align(page);
    }

    private static void align(ByteBuffer page) {
        int padding = -page.position() & 7;
        Arrays.fill(page.array(), page.position(), page.position() + padding, (byte) 0);
        page.position(page.position() + padding);
    }
}
