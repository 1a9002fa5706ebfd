package dev.godwit.agent.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.trace.MachineMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineMemoryProbeTest {
    @TempDir
    Path directory;

    @Test
    void thePartsOfThisMachineAddUpToItsMemory() throws IOException {
        MachineMemory memory = new MachineMemoryProbe().read(9);

        assertThat(sum(memory)).isEqualTo(memory.totalBytes());
        assertThat(memory.jvmResidentBytes()).isPositive();
        assertThat(memory.kernelBytes()).isPositive();
        assertThat(memory.timeNanos()).isEqualTo(9);
    }

    @Test
    void sharedMemoryIsCountedWithProcessesAndMappedFilesWithTheJvm() throws IOException {
        MachineMemory memory = probe("""
                        MemTotal:        1000 kB
                        MemFree:          300 kB
                        Buffers:           20 kB
                        Cached:           200 kB
                        Shmem:             50 kB
                        AnonPages:        250 kB
                        """, """
                        RssAnon:          100 kB
                        RssFile:           40 kB
                        RssShmem:          10 kB
                        """).read(0);

        assertThat(memory.jvmResidentBytes()).isEqualTo(150 << 10);
        assertThat(memory.freeBytes()).isEqualTo(300 << 10);
        assertThat(memory.otherProcessesBytes()).isEqualTo((250 + 50 - 100 - 10) << 10);
        assertThat(memory.pageCacheBytes()).isEqualTo((20 + 200 - 50 - 40) << 10);
        assertThat(memory.kernelBytes()).isEqualTo((1000 - 150 - 300 - 190 - 130) << 10);
        assertThat(memory.pageCacheDirtiedPages()).isEqualTo(4711);
    }

    @Test
    void figuresThatContradictEachOtherStillAddUp() throws IOException {
        MachineMemory memory = probe("""
                        MemTotal:        1000 kB
                        MemFree:          900 kB
                        Buffers:            0 kB
                        Cached:           700 kB
                        Shmem:              0 kB
                        AnonPages:         10 kB
                        """, """
                        RssAnon:          500 kB
                        RssFile:            0 kB
                        RssShmem:           0 kB
                        """).read(0);

        assertThat(sum(memory)).isEqualTo(1000 << 10);
        assertThat(memory.otherProcessesBytes()).isZero();
    }

    @Test
    void aMissingFigureIsNamed() throws IOException {
        MachineMemoryProbe probe = probe("MemTotal: 1000 kB\n", "RssAnon: 1 kB\nRssFile: 1 kB\nRssShmem: 1 kB\n");

        assertThatThrownBy(() -> probe.read(0)).isInstanceOf(IOException.class).hasMessageContaining("Shmem");
    }

    private MachineMemoryProbe probe(String meminfo, String status) throws IOException {
        Path meminfoFile = Files.writeString(directory.resolve("meminfo"), meminfo);
        Path vmstatFile = Files.writeString(directory.resolve("vmstat"), "nr_free 5\nnr_dirtied 4711\n");
        Path statusFile = Files.writeString(directory.resolve("status"), "Name:\tjava\n" + status);
        return new MachineMemoryProbe(meminfoFile.toString(), vmstatFile.toString(), statusFile.toString());
    }

    private static long sum(MachineMemory memory) {
        return memory.kernelBytes()
                + memory.pageCacheBytes()
                + memory.otherProcessesBytes()
                + memory.freeBytes()
                + memory.jvmResidentBytes();
    }
}
