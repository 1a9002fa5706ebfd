package dev.godwit.hypervisor.migration.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.stream.PageRun;
import dev.godwit.linux.NativeAccess;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HeldMemoryTest {
    private static final int PAGE = 64;
    private static final int PAGES = 10_000;
    private static final long FIRST = 3000;
    private static final int UNKNOWN = -1;
    private static final int DROPPED = -2;

    /** Of each page what came last, 0 for zeros; or what was said of it. */
    private final int[] held = new int[PAGES];

    private final boolean[] missing = new boolean[PAGES];

    @BeforeAll
    static void open() {
        NativeAccess.initialise();
    }

    @Test
    void runsOfPagesAreTakenAsTheirPagesOneByOne() {
        Random random = new Random(7);
        Arrays.fill(held, UNKNOWN);
        try (HeldMemory memory = new HeldMemory(PAGE, PAGES)) {
            for (int step = 1; step <= 400; step++) {
                int from = random.nextInt(PAGES);
                int pages = Math.min(PAGES - from, 1 + random.nextInt(random.nextInt(10) == 0 ? 6000 : 40));
                say(memory, random.nextInt(4), from, pages, step);
                compare(memory);
            }
            for (int page = 0; page < PAGES; page++) {
                if (held[page] >= 0) {
                    assertThat(memory.held(FIRST + page)).isEqualTo(page(held[page], 1));
                }
            }
        }
    }

    private void say(HeldMemory memory, int what, int from, int pages, int value) {
        switch (what) {
            case 0 -> memory.put(FIRST + from, pages, page(value, pages));
            case 1 -> memory.putZeros(FIRST + from, pages);
            case 2 -> memory.drop(FIRST + from, pages);
            default -> memory.expect(FIRST + from, pages);
        }
        for (int page = from; page < from + pages; page++) {
            missing[page] = what == 3;
            switch (what) {
                case 0 -> held[page] = value;
                case 1 -> held[page] = 0;
                case 2 -> held[page] = DROPPED;
                default -> held[page] = held[page] == UNKNOWN ? DROPPED : held[page];
            }
        }
    }

    private void compare(HeldMemory memory) {
        int[] counted = new int[3];
        int unknown = PAGES;
        for (int page = PAGES - 1; page >= 0; page--) {
            counted[0] += held[page] >= 0 && !missing[page] ? 1 : 0;
            counted[1] += held[page] == DROPPED && !missing[page] ? 1 : 0;
            counted[2] += missing[page] ? 1 : 0;
            unknown = held[page] == UNKNOWN ? page : unknown;
        }
        assertThat(memory.heldPages()).isEqualTo(counted[0]);
        assertThat(memory.droppedPages()).isEqualTo(counted[1]);
        assertThat(memory.missingPages()).isEqualTo(counted[2]);
        assertThat(memory.firstUnknown(List.of(new PageRun(FIRST, PAGES))))
                .isEqualTo(unknown == PAGES ? -1 : FIRST + unknown);
    }

    private static ByteBuffer page(int value, int pages) {
        ByteBuffer data = ByteBuffer.allocate(pages * PAGE);
        while (data.hasRemaining()) {
            data.putInt(value);
        }
        return data.flip();
    }

    @Test
    void noMorePagesAreHeldThanThereIsRoomFor() {
        try (HeldMemory memory = new HeldMemory(PAGE, 5000)) {
            memory.putZeros(4000, 5000);
            memory.putZeros(4000, 5000);

            assertThatThrownBy(() -> memory.putZeros(9000, 1)).hasMessageContaining("--memory");
            memory.drop(4000, 1);
            memory.putZeros(9000, 1);
            assertThat(memory.heldPages()).isEqualTo(5000);
        }
    }
}
