package dev.godwit.hypervisor.network;

import dev.godwit.hypervisor.sim.VirtualClock;

/**
 * Asks a VM one thing after the other over one connection, and sends again what is not answered, as TCP does: first after
 * 200 ms, then after twice as long each time, up to 120 s; after 15 times the connection is lost (Linux:
 * {@code TCP_RTO_MIN}, {@code TCP_RTO_MAX}, {@code tcp_retries2}).
 *
 * <p>Example: a VM stands still for 250 ms. The request that it did not hear is sent again 200 ms after the first time,
 * into the void, then 400 ms later: the client's gap is 600 ms.
 */
public final class Client implements Station {
    static final long MIN_TIMEOUT_NANOS = 200_000_000L;
    static final long MAX_TIMEOUT_NANOS = 120_000_000_000L;
    static final int MAX_RETRANSMISSIONS = 15;

    private final VirtualClock clock;
    private final Setting setting;
    private ConversationWatch watch = ConversationWatch.NONE;
    private SoftwareSwitch.Port port;
    private long number = -1;
    private boolean waiting;
    private int sentAgain;
    private long askedNanos;
    private long answers;
    private long retransmissions;
    private long strayAnswers;
    private long lastAnswerNanos;
    private long longestGapNanos;
    private boolean lost;

    /**
     * Who asks whom how often.
     *
     * @param address of the client
     * @param server address of the VM
     * @param periodNanos from one request to the next, if the answer came meanwhile; else the next follows the answer
     * @param requestBytes size of a request on the wire
     */
    public record Setting(long address, long server, long periodNanos, int requestBytes) {}

    public Client(VirtualClock clock, Setting setting) {
        this.clock = clock;
        this.setting = setting;
    }

    /** Plugs the client in. */
    public void join(SoftwareSwitch network, long latencyNanos) {
        port = network.plug(this, latencyNanos);
    }

    /** Sets who is told of requests and answers. */
    public void watch(ConversationWatch one) {
        watch = one;
    }

    /** Begins to ask. */
    public void start() {
        lastAnswerNanos = clock.nanos();
        ask();
    }

    private void ask() {
        number++;
        waiting = true;
        sentAgain = 0;
        askedNanos = clock.nanos();
        watch.asked(number, askedNanos);
        send();
    }

    private void send() {
        port.send(new Frame(setting.address, setting.server, new Frame.Segment(false, number, setting.requestBytes)));
        long awaited = number;
        int sent = sentAgain;
        clock.at(clock.nanos() + timeoutNanos(sentAgain), () -> timeOut(awaited, sent));
    }

    /** How long an answer is waited for, having sent again so many times. */
    static long timeoutNanos(int sentAgain) {
        return Math.min(MIN_TIMEOUT_NANOS << Math.min(sentAgain, MAX_RETRANSMISSIONS), MAX_TIMEOUT_NANOS);
    }

    private void timeOut(long awaited, int sent) {
        if (!waiting || number != awaited || sentAgain != sent) {
            return;
        }
        if (sentAgain == MAX_RETRANSMISSIONS) {
            lost = true;
            return;
        }
        sentAgain++;
        retransmissions++;
        send();
    }

    @Override
    public void receive(Frame frame) {
        if (frame.destination() == setting.address
                && frame.payload() instanceof Frame.Segment segment
                && segment.response()) {
            answer(segment.number());
        }
    }

    private void answer(long answered) {
        if (!waiting || answered != number || lost) {
            // The answer to a request that was sent twice: the connection keeps it from the application.
            strayAnswers++;
            return;
        }
        waiting = false;
        answers++;
        long now = clock.nanos();
        longestGapNanos = Math.max(longestGapNanos, now - lastAnswerNanos);
        lastAnswerNanos = now;
        watch.answered(number, now);
        clock.at(Math.max(now, askedNanos + setting.periodNanos), this::ask);
    }

    /** Requests that the application made. */
    public long requests() {
        return number + 1;
    }

    /** Answers that the application got. */
    public long answers() {
        return answers;
    }

    /** Requests that wait for an answer: one at most. */
    public int underWay() {
        return waiting ? 1 : 0;
    }

    /** Requests sent again. */
    public long retransmissions() {
        return retransmissions;
    }

    /** Answers that came to a request which was answered already. */
    public long strayAnswers() {
        return strayAnswers;
    }

    /** Longest time from one answer to the next, the one that is waited for included. */
    public long longestGapNanos() {
        return Math.max(longestGapNanos, waiting ? clock.nanos() - lastAnswerNanos : 0);
    }

    /** When the last answer came. */
    public long lastAnswerNanos() {
        return lastAnswerNanos;
    }

    /** True if the connection was given up. */
    public boolean isConnectionLost() {
        return lost;
    }
}
