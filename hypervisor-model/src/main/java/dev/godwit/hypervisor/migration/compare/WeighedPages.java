package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.memory.PageBitmap;
import dev.godwit.hypervisor.migration.PageWork;
import dev.godwit.hypervisor.page.Encoding;
import dev.godwit.hypervisor.page.EncodingReport;
import dev.godwit.hypervisor.page.PageEncoder;
import java.util.Optional;

/**
 * Adds up what pages ask of sender and destination of a rehearsal, by whether the destination has had them before. The time is
 * taken from here by whoever lets it pass.
 */
final class WeighedPages implements PageEncoder {
    private final PageEncoder encoder;
    private final PageWork work;
    private final PageBitmap sent;
    private long sentPages;
    private double sendNanos;
    private double receiveNanos;
    private long encodingNanos;
    private long decodingNanos;

    WeighedPages(PageEncoder encoder, PageWork work, int pages) {
        this.encoder = encoder;
        this.work = work;
        this.sent = new PageBitmap(pages);
    }

    @Override
    public int encode(int gfn, int kindCode, boolean zero) {
        sendNanos += work.sendNanos();
        if (sentPages++ < work.coldPages()) {
            receiveNanos += work.coldNanos();
        } else {
            receiveNanos += sent.get(gfn) ? work.againNanos() : work.firstNanos();
        }
        sent.set(gfn);
        int bytes = encoder.encode(gfn, kindCode, zero);
        sendNanos += encoder.cpuNanos() - encodingNanos;
        receiveNanos += encoder.decodingNanos() - decodingNanos;
        encodingNanos = encoder.cpuNanos();
        decodingNanos = encoder.decodingNanos();
        return bytes;
    }

    /** Work of the sender since the last time. */
    double takeSendNanos() {
        double taken = sendNanos;
        sendNanos = 0;
        return taken;
    }

    /** Work of the destination since the last time. */
    double takeReceiveNanos() {
        double taken = receiveNanos;
        receiveNanos = 0;
        return taken;
    }

    @Override
    public int encodedBytes(boolean zero) {
        return encoder.encodedBytes(zero);
    }

    @Override
    public void readAhead(int[] gfns, int count) {
        encoder.readAhead(gfns, count);
    }

    @Override
    public Encoding picked() {
        return encoder.picked();
    }

    @Override
    public boolean isSelective() {
        return encoder.isSelective();
    }

    @Override
    public double expectedBytes(int gfn, int kindCode, boolean zero) {
        return encoder.expectedBytes(gfn, kindCode, zero);
    }

    @Override
    public void endRound() {
        encoder.endRound();
    }

    @Override
    public Optional<EncodingReport> report() {
        return encoder.report();
    }
}
