package dev.godwit.hypervisor.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.godwit.hypervisor.sim.RandomStreams;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.vcpu.Delay;
import dev.godwit.hypervisor.vcpu.Vcpu;
import dev.godwit.hypervisor.vcpu.Vcpu.RunState;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CreditSchedulerTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;

    private final VirtualClock clock = new VirtualClock();

    @Test
    void threeBusyGuestsOnOnePcpuGetAThirdEach() {
        Host host = new Host("host", clock, 1, 3_000_000_000L);
        List<Guest> guests = List.of(busy(host, "a"), busy(host, "b"), busy(host, "c"));

        clock.advance(9 * SECOND);

        for (Guest guest : guests) {
            assertThat(guest.vcpu.workNanos()).isEqualTo(3 * SECOND);
            assertThat(host.cycles(guest.vcpu.workNanos()) / 9)
                    .as("a third of 3 GHz")
                    .isEqualTo(1e9);
            assertThat(guest.vcpu.delayNanos(Delay.OTHER_VMS)).isEqualTo(6 * SECOND);
        }
    }

    @Test
    void weightsOfTwoToOneGetTwoThirdsAndOneThird() {
        Host host = new Host("host", clock, 1);
        Guest heavy = guest(host, "heavy", new Share(512, 0));
        Guest light = guest(host, "light", new Share(256, 0));

        clock.advance(9 * SECOND);

        // To a slice: at the beginning both have credit of their own.
        assertThat(heavy.vcpu.workNanos()).isBetween(6 * SECOND - 30 * MILLI, 6 * SECOND + 30 * MILLI);
        assertThat(heavy.vcpu.workNanos() + light.vcpu.workNanos()).isEqualTo(9 * SECOND);
    }

    @Test
    void weightsHoldBesideOneThatUsesLittleOfItsShare() {
        Host host = new Host("host", clock, 1);
        Guest heavy = guest(host, "heavy", new Share(512, 0));
        Guest light = guest(host, "light", new Share(256, 0));
        Guest idle = busy(host, "now and then");
        idle.runs = MILLI;
        idle.sleeps = 9 * MILLI;

        pass(30 * SECOND);

        assertThat(share(idle)).isCloseTo(0.1, within(0.005));
        assertThat(share(heavy)).isCloseTo(0.6, within(0.005));
        assertThat(share(light)).isCloseTo(0.3, within(0.005));
    }

    @Test
    void aCapHoldsEvenOnAnIdleHost() {
        Host host = new Host("host", clock, 2);
        Guest capped = guest(host, "capped", new Share(256, 25));

        clock.advance(9 * SECOND);

        assertThat(capped.vcpu.workNanos()).isEqualTo(9 * SECOND / 4);
        assertThat(capped.vcpu.delayNanos(Delay.CAP)).isEqualTo(9 * SECOND * 3 / 4);
        assertThat(capped.vcpu.delayNanos(Delay.OTHER_VMS)).isZero();
    }

    @Test
    void whatACapLeavesOthersGet() {
        Host host = new Host("host", clock, 1);
        Guest capped = guest(host, "capped", new Share(1024, 25));
        Guest other = busy(host, "other");

        clock.advance(9 * SECOND);

        assertThat(share(capped)).isCloseTo(0.25, within(0.001));
        assertThat(share(other)).isCloseTo(0.75, within(0.001));
    }

    @Test
    void noPcpuIsIdleWhileSomeoneCouldRun() {
        Host host = new Host("host", clock, 2);
        List<Guest> guests = List.of(
                guest(host, "a", new Share(1024, 0)), guest(host, "b", Share.DEFAULT), guest(host, "c", Share.DEFAULT));

        clock.advance(9 * SECOND);

        assertThat(guests.stream().mapToLong(guest -> guest.vcpu.workNanos()).sum())
                .isEqualTo(18 * SECOND);
        // Two thirds of two PCPUs is more than a VCPU can use: what is left is shared by the others.
        assertThat(share(guests.get(0))).isCloseTo(1.0, within(0.01));
        assertThat(share(guests.get(1))).isCloseTo(0.5, within(0.01));
        assertThat(share(guests.get(2))).isCloseTo(0.5, within(0.01));
    }

    @Test
    void aVcpuThatBlocksGivesThePcpuAwayAtOnceAndGoesFirstWhenItWakes() {
        Host host = new Host("host", clock, 1);
        Guest waiter = busy(host, "waiter");
        Guest other = busy(host, "other");
        waiter.runs = 2 * MILLI;
        waiter.sleeps = 10 * MILLI;

        pass(12 * SECOND);

        assertThat(waiter.vcpu.workNanos()).isEqualTo(2 * SECOND);
        assertThat(other.vcpu.workNanos()).isEqualTo(10 * SECOND);
        assertThat(waiter.vcpu.nanosIn(RunState.RUNNABLE, clock.nanos())).isZero();
        assertThat(waiter.vcpu.nanosIn(RunState.BLOCKED, clock.nanos())).isEqualTo(10 * SECOND);
    }

    @Test
    void aThreadOfTheHypervisorCompetesAndWhatItTakesIsSaid() {
        Host host = new Host("host", clock, 1);
        Guest guest = busy(host, "guest");
        HypervisorThread thread = host.thread("migration");

        for (int i = 0; i < 1000; i++) {
            thread.begin(200_000);
            clock.advance(2 * MILLI);
            thread.finish();
        }

        assertThat(clock.nanos()).as("woken with credit it goes first").isEqualTo(2 * SECOND);
        assertThat(thread.cpuNanos()).isEqualTo(SECOND / 5);
        assertThat(guest.vcpu.delayNanos(Delay.HYPERVISOR)).isEqualTo(SECOND / 5);
        assertThat(guest.vcpu.workNanos()).isEqualTo(SECOND * 9 / 5);
    }

    @Test
    void aThreadThatNeedsAllOfASharedPcpuGetsHalfOfItAndTakesTwiceAsLong() {
        Host host = new Host("host", clock, 1);
        Guest guest = busy(host, "guest");
        HypervisorThread thread = host.thread("migration");

        for (int i = 0; i < 10_000; i++) {
            thread.begin(300_000);
            thread.finish();
        }

        assertThat(thread.cpuNanos()).isEqualTo(3 * SECOND);
        assertThat(clock.nanos() / 1e9).isCloseTo(6, within(0.07));
        assertThat(guest.vcpu.delayNanos(Delay.HYPERVISOR)).isEqualTo(3 * SECOND);
    }

    @Test
    void whatAThreadTakesIsDividedAmongThoseWhoWait() {
        Host host = new Host("host", clock, 1);
        List<Guest> guests = List.of(busy(host, "a"), busy(host, "b"), busy(host, "c"));
        HypervisorThread thread = host.thread("migration");

        for (int i = 0; i < 3000; i++) {
            thread.begin(200_000);
            clock.advance(2 * MILLI);
            thread.finish();
        }

        long stolen = 0;
        for (Guest guest : guests) {
            assertThat(guest.vcpu.delayNanos(Delay.HYPERVISOR) / 1e9).isCloseTo(0.2, within(0.02));
            stolen += guest.vcpu.delayNanos(Delay.HYPERVISOR);
        }
        assertThat(stolen).as("but for parts of nanoseconds").isCloseTo(thread.cpuNanos(), within(6000L));
    }

    @Test
    void whoHasAPcpuOfItsOwnIsNeverDelayed() {
        Host host = new Host("host", clock, 2);
        Guest guest = busy(host, "guest");
        HypervisorThread thread = host.thread("migration");
        thread.begin(SECOND);
        thread.finish();

        assertThat(host.isShared()).isFalse();
        assertThat(clock.nanos()).isEqualTo(SECOND);
        assertThat(guest.vcpu.workNanos()).isEqualTo(SECOND);
    }

    @Test
    void onePausedOrGoneTakesNothing() {
        Host host = new Host("host", clock, 1);
        Guest paused = busy(host, "paused");
        Guest other = busy(host, "other");
        clock.advance(50 * MILLI);
        long before = paused.vcpu.workNanos();
        paused.placement.stop(RunState.PAUSED);
        clock.advance(SECOND);
        assertThat(paused.vcpu.workNanos()).isEqualTo(before);
        assertThat(paused.vcpu.nanosIn(RunState.PAUSED, clock.nanos())).isEqualTo(SECOND);
        assertThat(other.vcpu.workNanos()).isEqualTo(SECOND + 50 * MILLI - before);
        paused.placement.start();
        clock.advance(6 * SECOND);
        assertThat((double) (paused.vcpu.workNanos() - before) / SECOND).isCloseTo(3, within(0.07));
    }

    /** Random hosts, shares, habits and steps: nothing is handed out twice, and every nanosecond is accounted for. */
    @Test
    void whateverHappensTimeAddsUp() {
        for (long seed = 0; seed < 300; seed++) {
            SplittableRandom random = new RandomStreams(seed).stream("scheduler");
            VirtualClock time = new VirtualClock();
            Host host = new Host("host", time, 1 + random.nextInt(3));
            List<Guest> guests = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(6); i++) {
                Guest guest = guest(
                        host,
                        "guest " + i,
                        new Share(1 + random.nextInt(1000), random.nextBoolean() ? 0 : 1 + random.nextInt(100)));
                guest.runs = random.nextBoolean() ? Long.MAX_VALUE / 2 : 1 + random.nextLong(40 * MILLI);
                guest.sleeps = 1 + random.nextLong(40 * MILLI);
                guests.add(guest);
            }
            HypervisorThread thread = host.thread("migration");
            long asked = 0;
            for (int i = 0; i < 200; i++) {
                long before = time.nanos();
                long handedOut = running(host, time);
                switch (random.nextInt(8)) {
                    case 0 ->
                        guests.get(random.nextInt(guests.size())).placement.stop(RunState.PAUSED);
                    case 1 -> guests.get(random.nextInt(guests.size())).start();
                    case 2, 3 -> {
                        long work = random.nextLong(5 * MILLI);
                        asked += work;
                        thread.begin(work);
                        thread.finish();
                    }
                    default -> time.advance(random.nextLong(random.nextBoolean() ? MILLI : 100 * MILLI));
                }
                assertThat(running(host, time) - handedOut)
                        .as("seed %d", seed)
                        .isBetween(0L, host.pcpus() * (time.nanos() - before));
            }
            assertThat(thread.cpuNanos()).as("seed %d", seed).isEqualTo(asked);
            for (Vcpu vcpu : host.vcpus()) {
                long sum = 0;
                for (RunState state : RunState.values()) {
                    sum += vcpu.nanosIn(state, time.nanos());
                }
                assertThat(sum).as("seed %d, %s", seed, vcpu).isEqualTo(time.nanos());
                assertThat(vcpu.workNanos())
                        .as("seed %d, %s", seed, vcpu)
                        .isEqualTo(vcpu.nanosIn(RunState.RUNNING, time.nanos()));
                assertThat(vcpu.delayNanos(Delay.HYPERVISOR)
                                + vcpu.delayNanos(Delay.OTHER_VMS)
                                + vcpu.delayNanos(Delay.CAP))
                        .as("seed %d, %s", seed, vcpu)
                        .isEqualTo(vcpu.nanosIn(RunState.RUNNABLE, time.nanos()));
            }
        }
    }

    @Test
    void aHostOrAShareThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> new Host("host", clock, 0)).hasMessageContaining("0 PCPUs");
        assertThatThrownBy(() -> new Host("host", clock, 1, 0)).hasMessageContaining("0 Hz");
        assertThatThrownBy(() -> new Share(0, 0)).hasMessageContaining("weight of 0");
        assertThatThrownBy(() -> new Share(1, 101)).hasMessageContaining("cap of 101 %");
    }

    private static long running(Host host, VirtualClock time) {
        return host.vcpus().stream()
                .mapToLong(vcpu -> vcpu.nanosIn(RunState.RUNNING, time.nanos()))
                .sum();
    }

    /** In steps of a millisecond, as a link would: at their ends one can wake. */
    private void pass(long nanos) {
        for (long passed = 0; passed < nanos; passed += MILLI) {
            clock.advance(MILLI);
        }
    }

    private double share(Guest guest) {
        return (double) guest.vcpu.workNanos() / clock.nanos();
    }

    private static Guest busy(Host host, String name) {
        return guest(host, name, Share.DEFAULT);
    }

    private static Guest guest(Host host, String name, Share share) {
        Guest guest = new Guest(name, host.clock());
        guest.placement = host.place(guest.vcpu, guest, share);
        guest.start();
        return guest;
    }

    /** Runs for a while, sleeps for a while. */
    private static final class Guest implements Runner {
        private final Vcpu vcpu;
        private Placement placement;
        private long runs = Long.MAX_VALUE / 2;
        private long sleeps;
        private long ran;
        private long wakesAt;

        Guest(String name, VirtualClock time) {
            vcpu = new Vcpu(name, Vcpu.Owner.VM, time.nanos());
        }

        void start() {
            if (!vcpu.state().isActive()) {
                placement.start();
            }
        }

        @Override
        public boolean isReady(long nowNanos) {
            return nowNanos >= wakesAt;
        }

        @Override
        public long execute(long fromNanos, long nanos) {
            if (!isReady(fromNanos)) {
                return 0;
            }
            long used = Math.min(nanos, runs - ran);
            vcpu.executed(used);
            ran += used;
            if (ran == runs) {
                ran = 0;
                wakesAt = fromNanos + used + sleeps;
            }
            return used;
        }
    }
}
