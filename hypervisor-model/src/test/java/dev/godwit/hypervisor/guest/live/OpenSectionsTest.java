package dev.godwit.hypervisor.guest.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.linux.NativeAccess;
import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.ProcessMemory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenSectionsTest {
    private static final int STRIDE = 64;
    private static final int COUNT = 1025;

    @Test
    void openSectionsOfAllNamesAreAddedUpAndThoseThatClosedAreNot() {
        NativeAccess.initialise();
        try (ProcessMemory self = ProcessMemory.ofSelf();
                NativeBuffer memory = NativeBuffer.shared((long) COUNT * STRIDE)) {
            ByteBuffer counts = memory.slice(0, COUNT * STRIDE);
            OpenSections open = new OpenSections(self, new InsideAgent.SectionCounts(memory.address(), STRIDE, COUNT));
            assertThat(open.count()).hasValue(0);

            counts.putLong(STRIDE, 7L << 24 | 2);
            counts.putLong((COUNT - 1) * STRIDE, 9L << 24 | 3);
            counts.putLong(5 * STRIDE, 9L << 24);
            counts.putLong(Long.BYTES, 4);
            assertThat(open.count()).hasValue(5);
        }
    }

    @Test
    void memoryThatIsNotThereSaysNothing() {
        NativeAccess.initialise();
        try (ProcessMemory self = ProcessMemory.ofSelf()) {
            assertThat(new OpenSections(self, new InsideAgent.SectionCounts(4096, STRIDE, COUNT)).count())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 64, 10", "-8, 64, 10", "4096, 4, 10", "4096, 1000000, 10", "4096, 64, 0", "4096, 64, 2147483647"})
    void countsThatCannotBeThereAreRefused(long address, int stride, int count) {
        assertThatThrownBy(() -> new OpenSections(null, new InsideAgent.SectionCounts(address, stride, count)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
