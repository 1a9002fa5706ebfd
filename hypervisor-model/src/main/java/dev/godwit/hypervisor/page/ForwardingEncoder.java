package dev.godwit.hypervisor.page;

import java.util.Optional;

/** Stands in front of another encoder and leaves everything to it; what is done otherwise is overridden. */
public abstract class ForwardingEncoder implements PageEncoder {
    private final PageEncoder encoder;

    protected ForwardingEncoder(PageEncoder encoder) {
        this.encoder = encoder;
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
    public int encode(int gfn, int kindCode, boolean zero) {
        return encoder.encode(gfn, kindCode, zero);
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
    public long cpuNanos() {
        return encoder.cpuNanos();
    }

    @Override
    public long decodingNanos() {
        return encoder.decodingNanos();
    }

    @Override
    public Optional<EncodingReport> report() {
        return encoder.report();
    }
}
