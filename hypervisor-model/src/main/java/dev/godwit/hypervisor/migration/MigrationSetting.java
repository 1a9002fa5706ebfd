package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.guest.GuestAgent;
import dev.godwit.hypervisor.hint.HintRules;
import dev.godwit.hypervisor.hint.TransferPolicy;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.page.PageEncoder;
import dev.godwit.hypervisor.sim.Clock;
import dev.godwit.hypervisor.sim.VirtualClock;
import dev.godwit.hypervisor.transport.Link;
import java.util.Optional;

/**
 * What a migration is given.
 *
 * @param clock whose time passes
 * @param source runs when the migration begins
 * @param destination an empty VM of the same size
 * @param link between the two hosts
 * @param cpu processors of the two hosts
 * @param encoder how pages travel
 * @param convergence when the rounds end
 * @param agent inside the guest; empty if the hypervisor is told nothing
 * @param policy what is sent, if there is an agent
 * @param cancel asks to give up
 * @param progress is told of rounds
 * @param rules what else is made of what the agent says
 */
public record MigrationSetting(
        Clock clock,
        VirtualMachine source,
        VirtualMachine destination,
        Link link,
        MigrationCpu cpu,
        PageEncoder encoder,
        ConvergencePolicy convergence,
        Optional<GuestAgent> agent,
        TransferPolicy policy,
        CancelToken cancel,
        ProgressListener progress,
        HintRules rules) {

    /** With the usual rules. */
    public MigrationSetting(
            Clock clock,
            VirtualMachine source,
            VirtualMachine destination,
            Link link,
            MigrationCpu cpu,
            PageEncoder encoder,
            ConvergencePolicy convergence,
            Optional<GuestAgent> agent,
            TransferPolicy policy,
            CancelToken cancel,
            ProgressListener progress) {
        this(
                clock,
                source,
                destination,
                link,
                cpu,
                encoder,
                convergence,
                agent,
                policy,
                cancel,
                progress,
                HintRules.DEFAULT);
    }

    /** In virtual time, with processors that nobody else wants, and that cost nothing but encoding. */
    public MigrationSetting(
            VirtualClock clock,
            VirtualMachine source,
            VirtualMachine destination,
            Link link,
            PageEncoder encoder,
            ConvergencePolicy convergence,
            Optional<GuestAgent> agent,
            TransferPolicy policy,
            CancelToken cancel,
            ProgressListener progress) {
        this(
                clock,
                source,
                destination,
                link,
                MigrationCpu.encodingOnly(clock),
                encoder,
                convergence,
                agent,
                policy,
                cancel,
                progress);
    }

    /**
     * The clock, for a technique that arranges what happens at a moment to come.
     *
     * @throws IllegalArgumentException if the time is real: such a technique is modelled only
     */
    public VirtualClock virtualClock() {
        if (clock instanceof VirtualClock virtual) {
            return virtual;
        }
        throw new IllegalArgumentException(
                "this technique is modelled in virtual time only: rehearse pre-copy, or compare techniques on a trace");
    }

    public MigrationSetting withRules(HintRules value) {
        return new MigrationSetting(
                clock, source, destination, link, cpu, encoder, convergence, agent, policy, cancel, progress, value);
    }
}
