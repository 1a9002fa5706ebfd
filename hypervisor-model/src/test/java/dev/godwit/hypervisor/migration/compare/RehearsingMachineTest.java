package dev.godwit.hypervisor.migration.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.godwit.hypervisor.migration.PageWork;
import org.junit.jupiter.api.Test;

class RehearsingMachineTest {
    private static final PageWork WORK = new PageWork(1000, 0, 3000, 3000, 2000, 0);

    @Test
    void theSlowestOfLinkSenderAndDestinationDecides() {
        RehearsingMachine idle = machine(4, true, 0);

        assertThat(idle.pace(500, work(100, 300), true, 0).nanos()).isEqualTo(500);
        assertThat(idle.pace(500, work(700, 300), true, 0).nanos()).isEqualTo(700);
        assertThat(idle.pace(500, work(100, 900), true, 0).nanos()).isEqualTo(900);
    }

    @Test
    void aDestinationOfTheSameMachineTakesWhatTheSenderNeeds() {
        assertThat(machine(1, true, 0).pace(100, work(200, 600), true, 0).nanos())
                .isCloseTo(800, within(0.01));
        assertThat(machine(1, false, 0).pace(100, work(200, 600), true, 0).nanos())
                .isEqualTo(600);
    }

    @Test
    void whatTheProgramUsesSlowsTheMigrationAndTheMigrationTheProgram() {
        RehearsingMachine.Pace alone = machine(2, true, 0).pace(100, work(500, 1000), true, 0);
        RehearsingMachine.Pace busy = machine(2, true, 1).pace(100, work(500, 1000), true, 0);
        RehearsingMachine.Pace paused = machine(2, true, 1).pace(100, work(500, 1000), false, 0);

        assertThat(alone.nanos()).isEqualTo(1000);
        assertThat(busy.nanos()).isGreaterThan(1100);
        assertThat(busy.programShare()).isBetween(0.5, 0.99);
        assertThat(paused.nanos()).isEqualTo(1000);
    }

    @Test
    void compilersOfAProcessThatWasJustStartedWantAProcessorToo() {
        RehearsingMachine.Pace cold = machine(2, true, 0.5).pace(100, work(900, 1000), true, 1);
        RehearsingMachine.Pace warm = machine(2, true, 0.5).pace(100, work(900, 1000), true, 0);

        assertThat(cold.nanos()).isGreaterThan(warm.nanos());
        assertThat(cold.compiledNanos()).isPositive();
        assertThat(warm.compiledNanos()).isZero();
    }

    @Test
    void whatNoMachineCanBeIsRefused() {
        assertThatThrownBy(() -> machine(0, true, 0)).hasMessageContaining("processors");
        assertThatThrownBy(() -> machine(2, true, Double.NaN)).hasMessageContaining("uses NaN");
        assertThatThrownBy(() -> new PageWork(-1, 0, 0, 0, 0, 0)).hasMessageContaining("sending a page");
    }

    @Test
    void whatComesBackIsTakenAndBroughtByThreadsOfThisMachineWhereverTheDestinationIs() {
        RehearsingMachine.Work ahead = new RehearsingMachine.Work(300, 500, 200, 400);

        assertThat(machine(8, true, 0).pace(100, ahead, true, 0).nanos()).isEqualTo(500);
        assertThat(machine(1, true, 0).pace(100, ahead, true, 0).nanos()).isCloseTo(1400, within(0.01));
        assertThat(machine(1, false, 0).pace(100, ahead, true, 0).nanos()).isCloseTo(900, within(0.01));
    }

    private static RehearsingMachine.Work work(double sendNanos, double receiveNanos) {
        return new RehearsingMachine.Work(sendNanos, receiveNanos, 0, 0);
    }

    private static RehearsingMachine machine(double processors, boolean destinationHere, double program) {
        return new RehearsingMachine(processors, destinationHere, program, WORK);
    }
}
