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

        assertThat(idle.pace(500, work(100, 300), RehearsingMachine.Program.RUNS, 0)
                        .nanos())
                .isEqualTo(500);
        assertThat(idle.pace(500, work(700, 300), RehearsingMachine.Program.RUNS, 0)
                        .nanos())
                .isEqualTo(700);
        assertThat(idle.pace(500, work(100, 900), RehearsingMachine.Program.RUNS, 0)
                        .nanos())
                .isEqualTo(900);
    }

    @Test
    void aDestinationOfTheSameMachineTakesWhatTheSenderNeeds() {
        assertThat(machine(1, true, 0)
                        .pace(100, work(200, 600), RehearsingMachine.Program.RUNS, 0)
                        .nanos())
                .isCloseTo(800, within(0.01));
        assertThat(machine(1, false, 0)
                        .pace(100, work(200, 600), RehearsingMachine.Program.RUNS, 0)
                        .nanos())
                .isEqualTo(600);
    }

    @Test
    void whatTheProgramUsesSlowsTheMigrationAndTheMigrationTheProgram() {
        RehearsingMachine.Pace alone =
                machine(2, true, 0).pace(100, work(500, 1000), RehearsingMachine.Program.RUNS, 0);
        RehearsingMachine.Pace busy = machine(2, true, 1).pace(100, work(500, 1000), RehearsingMachine.Program.RUNS, 0);
        RehearsingMachine.Pace paused =
                machine(2, true, 1).pace(100, work(500, 1000), RehearsingMachine.Program.STANDS, 0);

        assertThat(alone.nanos()).isEqualTo(1000);
        assertThat(busy.nanos()).isGreaterThan(1100);
        assertThat(busy.programShare()).isBetween(0.5, 0.99);
        assertThat(paused.nanos()).isEqualTo(1000);
    }

    @Test
    void whatAProgramCouldNotUseItWantsAllTheSame() {
        RehearsingMachine.Work pages = work(500, 1000);
        RehearsingMachine.Pace few = machine(2, true, 1.5).pace(100, pages, RehearsingMachine.Program.RUNS, 0);
        RehearsingMachine busy = new RehearsingMachine(2, true, 1.5, 4, WORK);
        RehearsingMachine.Pace many = busy.pace(100, pages, RehearsingMachine.Program.RUNS, 0);

        // Four threads and the destination share what the sender leaves of two processors, a third of one each.
        assertThat(many.nanos()).isGreaterThan(few.nanos()).isCloseTo(2750, within(1.0));
        assertThat(many.programShare()).isCloseTo(4 * 1000 / 2750.0 / 1.5, within(0.01));
    }

    @Test
    void whileAThreadWaitsForAPageTheOthersGoOn() {
        RehearsingMachine.Work pages = work(500, 1000);
        RehearsingMachine four = new RehearsingMachine(2, true, 1.5, 4, WORK);
        RehearsingMachine three = new RehearsingMachine(2, true, 1.5, 3, WORK);
        RehearsingMachine.Program waits = RehearsingMachine.Program.WAITS_FOR_A_PAGE;

        assertThat(four.pace(100, pages, waits, 0).nanos())
                .isEqualTo(three.pace(100, pages, RehearsingMachine.Program.RUNS, 0)
                        .nanos());
        assertThat(machine(2, true, 1).pace(100, pages, waits, 0).nanos()).isEqualTo(1000);
    }

    @Test
    void compilersOfAProcessThatWasJustStartedWantAProcessorToo() {
        RehearsingMachine.Pace cold =
                machine(2, true, 0.5).pace(100, work(900, 1000), RehearsingMachine.Program.RUNS, 1);
        RehearsingMachine.Pace warm =
                machine(2, true, 0.5).pace(100, work(900, 1000), RehearsingMachine.Program.RUNS, 0);

        assertThat(cold.nanos()).isGreaterThan(warm.nanos());
        assertThat(cold.compiledNanos()).isPositive();
        assertThat(warm.compiledNanos()).isZero();
    }

    @Test
    void whatNoMachineCanBeIsRefused() {
        assertThatThrownBy(() -> machine(0, true, 0)).hasMessageContaining("processors");
        assertThatThrownBy(() -> machine(2, true, Double.NaN)).hasMessageContaining("uses NaN");
        assertThatThrownBy(() -> new RehearsingMachine(2, true, 1, -1, WORK)).hasMessageContaining("wants -1.0");
        assertThatThrownBy(() -> new PageWork(-1, 0, 0, 0, 0, 0)).hasMessageContaining("sending a page");
    }

    @Test
    void whatComesBackIsTakenAndBroughtByThreadsOfThisMachineWhereverTheDestinationIs() {
        RehearsingMachine.Work ahead = new RehearsingMachine.Work(300, 500, 200, 400);

        assertThat(machine(8, true, 0)
                        .pace(100, ahead, RehearsingMachine.Program.RUNS, 0)
                        .nanos())
                .isEqualTo(500);
        assertThat(machine(1, true, 0)
                        .pace(100, ahead, RehearsingMachine.Program.RUNS, 0)
                        .nanos())
                .isCloseTo(1400, within(0.01));
        assertThat(machine(1, false, 0)
                        .pace(100, ahead, RehearsingMachine.Program.RUNS, 0)
                        .nanos())
                .isCloseTo(900, within(0.01));
    }

    private static RehearsingMachine.Work work(double sendNanos, double receiveNanos) {
        return new RehearsingMachine.Work(sendNanos, receiveNanos, 0, 0);
    }

    private static RehearsingMachine machine(double processors, boolean destinationHere, double program) {
        return new RehearsingMachine(processors, destinationHere, program, WORK);
    }
}
