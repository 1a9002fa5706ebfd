package dev.godwit.linux.guardian;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** The controller's ends of the pipes to a guardian's process: sends commands, matches answers, hands on the rest. */
final class GuardianConnection {
    private static final int READ_BYTES = 128 * Message.BYTES;

    /** What comes without having been asked for. */
    interface Handler {
        /** A message of a type that is no answer. */
        void received(int type, long first);

        /** Something failed that no command waits for. */
        void warned(String why);

        /** Called once: the guardian has ended, or the process has. */
        void lost(String why);
    }

    /**
     * Answer of a command.
     *
     * @param first as {@link Message} says for the command
     * @param second as {@link Message} says for the command
     */
    record Answer(long first, long second) {}

    private final long pid;
    private final Process process;
    private final Handler handler;
    private final OutputStream commands;
    private final StandardError errors;
    private final ByteBuffer command = ByteBuffer.allocate(Message.BYTES).order(ByteOrder.nativeOrder());
    private final AtomicInteger sequences = new AtomicInteger();
    private final Map<Integer, CompletableFuture<Answer>> waiting = new ConcurrentHashMap<>();
    private final CompletableFuture<Answer> ready = new CompletableFuture<>();
    private volatile String lost;

    /**
     * @param pid process that is guarded, for messages
     * @param process of the guardian
     */
    GuardianConnection(long pid, Process process, Handler handler) {
        this.pid = pid;
        this.process = process;
        this.handler = handler;
        this.commands = process.getOutputStream();
        this.errors = new StandardError(process.getErrorStream());
        Thread reader = new Thread(this::readMessages, "godwit-guardian-reader");
        reader.setDaemon(true);
        reader.start();
    }

    /** Waits until the guardian is ready. */
    void awaitReady(long limitNanos) {
        await("start", ready, limitNanos);
    }

    /** Why there is nobody at the other end any more; null as long as there is. */
    String lost() {
        return lost;
    }

    /** Sends a command and waits for its answer. */
    Answer call(String what, int type, long first, long second, long limitNanos) {
        int sequence = sequences.incrementAndGet();
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        waiting.put(sequence, answer);
        // Looked at behind the put: whoever loses the connection later completes the answer.
        if (lost != null) {
            throw new GuardianException(lost);
        }
        send(type, sequence, first, second);
        return await(what, answer, limitNanos);
    }

    /** Sends a command that has no answer. */
    void send(int type, long first, long second) {
        send(type, 0, first, second);
    }

    private void send(int type, int sequence, long first, long second) {
        synchronized (command) {
            command.putInt(Message.TYPE, type)
                    .putInt(Message.SEQUENCE, sequence)
                    .putLong(Message.FIRST, first)
                    .putLong(Message.SECOND, second);
            try {
                commands.write(command.array());
                commands.flush();
            } catch (IOException broken) {
                throw new GuardianException("guardian of process " + pid + " does not listen any more", broken);
            }
        }
    }

    private Answer await(String what, CompletableFuture<Answer> answer, long limitNanos) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + limitNanos;
        try {
            while (true) {
                try {
                    return answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException later) {
                    // Half a pause is worse than a late one.
                    interrupted = true;
                }
            }
        } catch (ExecutionException failure) {
            throw new GuardianException(
                    "guardian of process " + pid + " cannot " + what + ": "
                            + failure.getCause().getMessage(),
                    failure.getCause());
        } catch (TimeoutException late) {
            throw new GuardianException("guardian of process " + pid + " did not " + what + " in time", late);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void readMessages() {
        String why;
        try (GuardianMessages messages = new GuardianMessages(process.getInputStream(), READ_BYTES)) {
            while (true) {
                messages.next();
                handle(messages);
            }
        } catch (EOFException ended) {
            why = "guardian of process " + pid + " has ended" + errors.describe();
        } catch (IOException | RuntimeException failure) {
            why = "guardian of process " + pid + " cannot be understood: " + failure;
        }
        lose(why);
    }

    private void handle(GuardianMessages message) throws IOException {
        switch (message.type()) {
            case Message.READY -> ready.complete(new Answer(0, 0));
            case Message.DONE -> {
                CompletableFuture<Answer> answer = waiting.remove(message.sequence());
                if (answer != null) {
                    answer.complete(new Answer(message.first(), message.second()));
                }
            }
            case Message.FAILED -> fail(message.sequence(), message.text());
            case Message.GONE -> lose("process " + pid + " has ended");
            case Message.REQUEST, Message.FINISHED -> handler.received(message.type(), message.first());
            default -> throw new IOException("message of type " + message.type());
        }
    }

    private void fail(int sequence, String text) {
        CompletableFuture<Answer> answer = waiting.remove(sequence);
        if (answer != null) {
            answer.completeExceptionally(new GuardianException(text));
        } else if (!ready.completeExceptionally(new GuardianException(text))) {
            handler.warned(text);
        }
    }

    private void lose(String why) {
        boolean first = lost == null;
        if (first) {
            lost = why;
        }
        GuardianException failure = new GuardianException(lost);
        ready.completeExceptionally(failure);
        waiting.values().forEach(answer -> answer.completeExceptionally(failure));
        if (first) {
            handler.lost(why);
        }
    }

    /** Closes the pipe, which the guardian takes for the end of the controller. */
    void close() {
        try {
            commands.close();
        } catch (IOException alreadyBroken) {
            // There is nobody at the other end.
        }
    }
}
