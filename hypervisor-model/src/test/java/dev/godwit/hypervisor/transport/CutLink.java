package dev.godwit.hypervisor.transport;

/** A link that is cut once it has carried so many bytes. */
public final class CutLink implements Link {
    private final Link link;
    private final long bytesUntilCut;

    public CutLink(Link link, long bytesUntilCut) {
        this.link = link;
        this.bytesUntilCut = bytesUntilCut;
    }

    @Override
    public void send(long bytes) {
        if (link.sentBytes() + bytes > bytesUntilCut) {
            throw new IllegalStateException("the link was cut after " + link.sentBytes() + " bytes");
        }
        link.send(bytes);
    }

    @Override
    public long sendBack(long bytes) {
        return link.sendBack(bytes);
    }

    @Override
    public long sentBackBytes() {
        return link.sentBackBytes();
    }

    @Override
    public void close() {
        link.close();
    }

    @Override
    public void awaitArrival() {
        link.awaitArrival();
    }

    @Override
    public void roundTrip() {
        link.roundTrip();
    }

    @Override
    public long bandwidthBytesPerSecond() {
        return link.bandwidthBytesPerSecond();
    }

    @Override
    public long latencyNanos() {
        return link.latencyNanos();
    }

    @Override
    public long sentBytes() {
        return link.sentBytes();
    }
}
