package dev.godwit.hypervisor.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.hypervisor.hint.TransferPolicy;
import dev.godwit.hypervisor.sim.Clock;
import dev.godwit.hypervisor.sim.RealClock;
import dev.godwit.hypervisor.sim.VirtualClock;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MigrationSettingTest {

    @Test
    void aTechniqueThatArrangesMomentsIsRefusedInRealTime() {
        VirtualClock virtual = new VirtualClock();
        assertThat(setting(virtual).virtualClock()).isSameAs(virtual);
        assertThatThrownBy(() -> setting(new RealClock()).virtualClock())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("modelled in virtual time only");
    }

    private static MigrationSetting setting(Clock clock) {
        return new MigrationSetting(
                clock,
                null,
                null,
                null,
                MigrationCpu.real(),
                null,
                new ConvergencePolicy(1, 1),
                Optional.empty(),
                TransferPolicy.deferYoung(),
                new CancelToken(),
                ProgressListener.NONE);
    }
}
