package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.AheadWork;
import dev.godwit.hypervisor.migration.PageWork;
import dev.godwit.hypervisor.page.ForwardingEncoder;
import dev.godwit.hypervisor.page.PageEncoder;
import java.util.function.BooleanSupplier;

/**
 * Adds up what pages ask of the threads of a rehearsal: by whether the destination has had them before, or, once the program runs
 * ahead of them, by what it takes to bring them to it. The time is taken from here by whoever lets it pass.
 */
final class WeighedPages extends ForwardingEncoder {
    private final PageWork work;
    private final PageBitmap sent;
    private final BooleanSupplier runsAhead;
    private long sentPages;
    private double sendNanos;
    private double receiveNanos;
    private double takeNanos;
    private double placeNanos;
    private long encodingNanos;
    private long decodingNanos;

    /**
     * @param pages how many the guest has
     * @param runsAhead true once the program runs where its pages are not
     */
    WeighedPages(PageEncoder encoder, PageWork work, int pages, BooleanSupplier runsAhead) {
        super(encoder);
        this.runsAhead = runsAhead;
        this.work = work;
        this.sent = new PageBitmap(pages);
    }

    @Override
    public int encode(int gfn, int kindCode, boolean zero) {
        boolean cold = sentPages++ < work.coldPages();
        if (work.ahead().isPresent() && runsAhead.getAsBoolean()) {
            weighAhead(work.ahead().get(), cold);
        } else {
            sendNanos += work.sendNanos();
            if (cold) {
                receiveNanos += work.coldNanos();
            } else {
                receiveNanos += sent.get(gfn) ? work.againNanos() : work.firstNanos();
            }
        }
        sent.set(gfn);
        int bytes = super.encode(gfn, kindCode, zero);
        sendNanos += super.cpuNanos() - encodingNanos;
        receiveNanos += super.decodingNanos() - decodingNanos;
        encodingNanos = super.cpuNanos();
        decodingNanos = super.decodingNanos();
        return bytes;
    }

    /** As long as the destination's code is cold a page costs it as much more as one that it only takes. */
    private void weighAhead(AheadWork ahead, boolean cold) {
        sendNanos += ahead.sendNanos();
        receiveNanos += ahead.hostNanos() + (cold ? Math.max(0, work.coldNanos() - work.firstNanos()) : 0);
        takeNanos += ahead.takeNanos();
        placeNanos += ahead.placeNanos();
    }

    /** What was asked since the last time. */
    RehearsingMachine.Work take() {
        RehearsingMachine.Work taken = new RehearsingMachine.Work(sendNanos, receiveNanos, takeNanos, placeNanos);
        sendNanos = 0;
        receiveNanos = 0;
        takeNanos = 0;
        placeNanos = 0;
        return taken;
    }

    /** It is in what {@link #take} says. */
    @Override
    public long cpuNanos() {
        return 0;
    }

    /** So is this. */
    @Override
    public long decodingNanos() {
        return 0;
    }
}
