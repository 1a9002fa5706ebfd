package dev.godwit.agent.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.trace.Collector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeapProbesTest {

    @Test
    void theLayoutIsReadWithoutAnAgentToo() {
        HeapProbe probe = HeapProbes.open(null);

        assertThat(probe.limitation()).isEmpty();
        assertThat(probe.hasLayout()).isTrue();
        assertThat(probe.read(7).timeNanos()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gHotSpotVMStructs",
                "gHotSpotVMTypes",
                "gHotSpotVMIntConstants",
                "gHotSpotVMLongConstants",
                "gHotSpotVMStructEntryArrayStride",
                "gHotSpotVMIntConstantEntryValueOffset"
            })
    void aMissingSymbolIsNamedAndTheRestGoesOn(String symbol) {
        HeapProbe probe = HeapProbes.open(null, () -> new EditedVm().withoutSymbol(symbol));

        assertThat(probe.limitation()).isEqualTo("no heap layout: the VM's library does not export " + symbol);
        assertThat(probe.hasLayout()).isFalse();
        assertThat(probe.collector()).isNotEqualTo(Collector.OTHER);
        assertThat(probe.ranges()).isEqualTo(VmRanges.unknown());
        assertThat(probe.epoch()).isNotNegative();
        assertThatThrownBy(() -> probe.read(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(probe.limitation());
    }

    @Test
    void aMissingHeapFieldIsNamedAndTheRangesAreStillRead() {
        HeapProbe probe =
                HeapProbes.open(null, () -> new EditedVm().withoutField("CollectedHeap", "_total_collections"));

        assertThat(probe.limitation())
                .isEqualTo("no heap layout: this JVM does not describe the field CollectedHeap::_total_collections");
        assertThat(probe.ranges().codeCache()).isNotEmpty();
        assertThat(probe.ranges().stacks()).isNotEmpty();
    }

    @Test
    void aMissingThreadFieldIsNamedAndTheLayoutIsStillRead() {
        HeapProbe probe = HeapProbes.open(null, () -> new EditedVm().withoutField("JavaThread", "_stack_base"));

        assertThat(probe.limitation())
                .isEqualTo("stacks count as native memory: this JVM does not describe the field "
                        + "JavaThread::_stack_base");
        assertThat(probe.hasLayout()).isTrue();
        assertThat(probe.ranges().stacks()).isEmpty();
        assertThat(probe.ranges().metaspace()).isNotEmpty();
    }

    @Test
    void aTableThatIsNotMappedIsRefused() {
        HeapProbe probe = HeapProbes.open(null, () -> new EditedVm().withValue("gHotSpotVMStructs", 0x1000));

        assertThat(probe.limitation())
                .startsWith("no heap layout: cannot read ")
                .contains("0x1000");
    }

    @Test
    void aTableWithoutAnEndIsRefused() {
        HeapProbe probe = HeapProbes.open(null, () -> new EditedVm().withEndlessFields(25_000));

        assertThat(probe.limitation()).isEqualTo("no heap layout: gHotSpotVMStructs has no end within 20000 entries");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -48, 1 << 20})
    void entriesOfAnImpossibleLengthAreRefused(long stride) {
        HeapProbe probe =
                HeapProbes.open(null, () -> new EditedVm().withValue("gHotSpotVMStructEntryArrayStride", stride));

        assertThat(probe.limitation())
                .isEqualTo("no heap layout: entries of gHotSpotVMStructs are said to be " + stride + " bytes long");
    }

    @Test
    void noVmAtAllIsALimitation() {
        HeapProbe probe = HeapProbes.open(null, () -> {
            throw new UnreadableVmException("no libjvm.so is mapped into this process");
        });

        assertThat(probe.limitation()).isEqualTo("no heap layout: no libjvm.so is mapped into this process");
    }
}
