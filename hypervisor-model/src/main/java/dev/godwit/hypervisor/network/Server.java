package dev.godwit.hypervisor.network;

import java.util.Optional;

/**
 * The guest's end of a conversation: serves each request once, whatever comes twice. It is part of the guest and goes
 * where the guest goes.
 */
public final class Server {
    private static final int RESPONSE_BYTES = 512;

    private ConversationWatch watch = ConversationWatch.NONE;
    private long next;
    private long servedAgain;
    private long refused;

    /** Sets who is told of requests. */
    public void watch(ConversationWatch one) {
        watch = one;
    }

    /**
     * Takes a frame in.
     *
     * @param nanos when
     * @return the answer, if there is one to give
     */
    public Optional<Frame> serve(Frame frame, long nanos) {
        if (!(frame.payload() instanceof Frame.Segment segment) || segment.response()) {
            return Optional.empty();
        }
        if (segment.number() > next) {
            // What lies between was answered by a guest whose memory is gone: the connection cannot go on.
            refused++;
            return Optional.empty();
        }
        if (segment.number() == next) {
            watch.served(next, nanos);
            next++;
        } else {
            servedAgain++;
        }
        return Optional.of(frame.reply(new Frame.Segment(true, segment.number(), RESPONSE_BYTES)));
    }

    /** Requests that the application got. */
    public long served() {
        return next;
    }

    /** Requests that came again and were answered without the application. */
    public long servedAgain() {
        return servedAgain;
    }

    /** Requests that did not follow what was served here. */
    public long refused() {
        return refused;
    }

    /** Takes over where the guest's connection stands at its other host. */
    public void load(Server other) {
        restore(other.save());
    }

    /** Where the guest's end of the connection stands, for a checkpoint. */
    public record State(long next, long servedAgain, long refused) {}

    /** Takes where it stands now. */
    public State save() {
        return new State(next, servedAgain, refused);
    }

    /** Goes back to where it stood. A client that is further on is refused from here on. */
    public void restore(State state) {
        next = state.next;
        servedAgain = state.servedAgain;
        refused = state.refused;
    }
}
