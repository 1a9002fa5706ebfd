package dev.godwit.hypervisor.cli.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.sim.ProcessorTime;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ProcessorUseTest {
    private static final long SPIN_NANOS = 300_000_000;

    @Test
    void aThreadThatNeverSleepsWantsAProcessorWhetherItHasOneOrNot() {
        long pid = ProcessHandle.current().pid();
        Assumptions.assumeTrue(
                ProcessorTime.ofThreadsNanos(pid, "") > 0, "the kernel does not say what threads have had (schedstat)");
        try (ProcessorUse use = ProcessorUse.of(pid)) {
            long until = System.nanoTime() + SPIN_NANOS;
            long turns = 0;
            while (System.nanoTime() < until) {
                turns++;
            }

            assertThat(turns).isPositive();
            // However busy the machine is, it ran or waited; what else this process did is on top.
            assertThat(use.wantedProcessors()).isGreaterThan(0.3);
        }
    }
}
