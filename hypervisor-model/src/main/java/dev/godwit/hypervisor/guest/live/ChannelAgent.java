package dev.godwit.hypervisor.guest.live;

import dev.godwit.agent.channel.AgentConnection;
import dev.godwit.agent.channel.Message;
import dev.godwit.trace.DeclaredMemory;
import dev.godwit.trace.JvmSignals;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Godwit's agent, by its control channel. */
public final class ChannelAgent implements InsideAgent {
    /** On a busy machine Eden may have to be filled first. */
    private static final Duration COLLECT_LIMIT = Duration.ofSeconds(10);

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);

    private final AgentConnection connection;

    public ChannelAgent(AgentConnection connection) {
        this.connection = connection;
    }

    @Override
    public long collectYoung() throws IOException {
        return connection.prepare(COLLECT_LIMIT).durationNanos();
    }

    @Override
    public void paused() throws IOException {
        connection.paused();
    }

    @Override
    public void done() throws IOException {
        connection.done();
    }

    @Override
    public void aborted(String reason) throws IOException {
        connection.aborted(reason);
    }

    @Override
    public JvmSignals signals() throws IOException {
        return connection.signals(ANSWER_LIMIT);
    }

    /** Empty too if the agent has nothing to offer. */
    @Override
    public Optional<SectionCounts> sectionCounts() {
        try {
            Message.Sections where = connection.sections(ANSWER_LIMIT);
            return Optional.of(new SectionCounts(where.address(), where.strideBytes(), where.count()));
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /** Empty too if the agent has nothing to offer. */
    @Override
    public Optional<Declarations> declared(boolean hold) {
        try {
            Message.DeclaredAnswer said = connection.declared(hold, ANSWER_LIMIT);
            return Optional.of(new Declarations(
                    said.address(),
                    said.hold(),
                    said.buffers().stream().map(ChannelAgent::declaration).toList()));
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    private static Declaration declaration(Message.DeclaredBuffer said) {
        boolean inFile = !said.file().isEmpty();
        return new Declaration(
                said.place(),
                said.number(),
                new DeclaredMemory(
                        0,
                        inFile ? DeclaredMemory.Kind.REFETCHABLE : DeclaredMemory.Kind.DISCARDABLE,
                        said.start(),
                        said.end(),
                        said.file(),
                        said.fileOffset()));
    }

    @Override
    public long steps() throws IOException {
        Message.Progress progress = connection.progress(ANSWER_LIMIT);
        return progress.sections() + progress.safePoints();
    }

    @Override
    public void beginStalls() throws IOException {
        connection.beginStalls(ANSWER_LIMIT);
    }

    @Override
    public Stalls endStalls() throws IOException {
        Message.Stalls stalls = connection.endStalls(ANSWER_LIMIT);
        return new Stalls(
                stalls.intervalNanos(),
                stalls.longestNanos(),
                stalls.p50Nanos(),
                stalls.p90Nanos(),
                stalls.p99Nanos(),
                stalls.p999Nanos(),
                stalls.histogram());
    }
}
