package dev.godwit.agent.record;

import dev.godwit.trace.Notice;
import dev.godwit.trace.TraceRecord;
import dev.godwit.trace.TraceWriter;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Where the parts of a recording put their records, and the clock that stamps them. */
final class TraceSink {
    private final TraceWriter writer;
    private final long startNanos;
    private final Consumer<TraceRecord> observer;
    private final Consumer<String> noticed;
    private final Set<String> notices = new HashSet<>();

    /**
     * @param observer is given each record too
     * @param noticed is told each notice as well, for those who watch
     */
    TraceSink(TraceWriter writer, long startNanos, Consumer<TraceRecord> observer, Consumer<String> noticed) {
        this.writer = writer;
        this.startNanos = startNanos;
        this.observer = observer;
        this.noticed = noticed;
    }

    /** Nanoseconds since the recording started. */
    long now() {
        return System.nanoTime() - startNanos;
    }

    /** {@code System.nanoTime()} when the recording started. */
    long startNanos() {
        return startNanos;
    }

    void put(TraceRecord record) {
        writer.offer(record);
        observer.accept(record);
    }

    /** Says something once. */
    void notice(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        if (notices.size() < 1000 && notices.add(line)) {
            writer.offer(new Notice(now(), line));
            noticed.accept(line);
        }
    }

    /** True when there is nothing more to be written: recording should end. */
    boolean isExhausted() {
        return writer.isFull() || writer.failure().isPresent();
    }
}
