package dev.godwit.agent.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of the own libjvm.so, as they are and damaged. */
class LoadedLibraryTest {
    private final SafeMemory memory = new SafeMemory();
    private final long base = MappedMemory.read().startOfFile("/libjvm.so");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gHotSpotVMStructs",
                "gHotSpotVMTypes",
                "gHotSpotVMLongConstantEntryValueOffset",
                "JNI_GetCreatedJavaVMs",
                "no_such_symbol",
                "",
                "malloc"
            })
    void aSymbolIsWhereTheDynamicLinkerFindsIt(String symbol) {
        long expected = symbol.equals("malloc") ? 0 : LibJvm.open().address(symbol);

        assertThat(LoadedLibrary.read(new PagedMemory(memory), base).address(symbol))
                .isEqualTo(expected);
    }

    @Test
    void whatIsNoLibraryIsRefused() {
        assertThatThrownBy(() -> LoadedLibrary.read(new PagedMemory((address, bytes) -> new byte[bytes]), base))
                .hasMessage("its libjvm.so is no library for a 64-bit JVM of this machine");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4, 100})
    void aLibraryThatEndsTooEarlyIsRefused(int pages) {
        PagedMemory.Source cut = (address, bytes) -> {
            if (address >= base + pages * 4096L) {
                throw new UnreadableVmException("cannot read " + bytes + " bytes: not mapped");
            }
            return memory.read(address, bytes);
        };

        assertThatThrownBy(() -> LoadedLibrary.read(new PagedMemory(cut), base).address("gHotSpotVMStructs"))
                .isInstanceOf(UnreadableVmException.class)
                .hasMessageNotContaining("\n");
    }

    @Test
    void damageIsRefusedOrHarmless() {
        long seed = 20_261_123;
        Random random = new Random(seed);
        for (int round = 0; round < 3_000; round++) {
            long damaged = random.nextInt(4) == 0 ? random.nextInt(1 << 16) : random.nextInt(1024);
            byte value = (byte) random.nextInt(256);
            PagedMemory.Source source = (address, bytes) -> {
                byte[] page = memory.read(address, bytes);
                long at = base + damaged - address;
                if (at >= 0 && at < bytes) {
                    page[(int) at] = value;
                }
                return page;
            };
            try {
                LoadedLibrary.read(new PagedMemory(source), base).address("gHotSpotVMStructs");
            } catch (UnreadableVmException e) {
                assertThat(e.getMessage()).isNotEmpty().doesNotContain("\n");
            } catch (RuntimeException e) {
                fail("seed=" + seed + " round=" + round + " byte=" + damaged, e);
            }
        }
    }
}
