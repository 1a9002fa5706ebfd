package dev.godwit.hypervisor.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.PageDelta;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SyntheticPageTest {
    private static final int PAGE = 4096;

    @Test
    void twoPagesAreEqualOnlyIfNumberAndKindAre() {
        Set<String> seen = new HashSet<>();
        for (int gfn = 0; gfn < 50; gfn++) {
            for (MemoryKind kind : MemoryKind.values()) {
                byte[] page = page(gfn, 3, kind);
                assertThat(page).isEqualTo(page(gfn, 3, kind));
                assertThat(ZeroPage.isZero(page, 0, PAGE)).isFalse();
                assertThat(seen.add(new String(page, java.nio.charset.StandardCharsets.ISO_8859_1)))
                        .isTrue();
            }
        }
    }

    @Test
    void aVersionOfNativeMemoryDiffersLittleFromTheOneBeforeAndOneOfEdenMuch() {
        assertThat(deltaBytes(MemoryKind.NATIVE)).isBetween(100, 2000);
        assertThat(deltaBytes(MemoryKind.EDEN)).isGreaterThan(2000);
    }

    @Test
    void itCanBeCompressed() {
        byte[] out = new byte[PAGE];
        try (PageCompressor lz4 = PageCompressor.lz4();
                PageCompressor zstd = PageCompressor.zstd()) {
            assertThat(lz4.compress(page(1, 1, MemoryKind.OLD), out)).isBetween(500, 3800);
            assertThat(zstd.compress(page(1, 1, MemoryKind.OLD), out)).isBetween(500, 3000);
        }
    }

    /** Mean over pages and versions. */
    private static int deltaBytes(MemoryKind kind) {
        byte[] out = new byte[2 * PAGE];
        int bytes = 0;
        for (int gfn = 0; gfn < 20; gfn++) {
            for (int version = 0; version < 20; version++) {
                bytes += PageDelta.encode(
                        page(gfn, version, kind), 0, page(gfn, version + 1, kind), 0, PAGE, out, 0, 2 * PAGE);
            }
        }
        return bytes / 400;
    }

    private static byte[] page(int gfn, int version, MemoryKind kind) {
        byte[] page = new byte[PAGE];
        SyntheticPage.fill(gfn, version, kind.code(), page);
        return page;
    }
}
