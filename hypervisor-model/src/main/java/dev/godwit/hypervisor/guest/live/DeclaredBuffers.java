package dev.godwit.hypervisor.guest.live;

import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.ProcessMemory;
import dev.godwit.linux.SystemCallException;
import dev.godwit.trace.DeclaredMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * What the application in a JVM says of its buffers. While the JVM runs that is the agent's word, a hint, which may be behind.
 *
 * <p>While it stands, what is returned is proven: the declaration was told with the request to hold its buffer, it
 * still is held, so that the JVM has not freed it since, and the declaration still stands: both are read from the
 * stopped JVM's memory. What cannot be proven is left out.
 */
final class DeclaredBuffers {
    /** Of an agent: more it does not tell. */
    private static final int MOST_PLACES = 4096;

    private static final int BYTES = (MOST_PLACES + 1) * Long.BYTES;

    private final ProcessMemory memory;
    private final InsideAgent agent;
    private Optional<InsideAgent.Declarations> told = Optional.empty();
    private boolean held;

    DeclaredBuffers(ProcessMemory memory, InsideAgent agent) {
        this.memory = memory;
        this.agent = agent;
    }

    /** What the agent says now of a JVM that runs; nothing if it does not answer. */
    List<DeclaredMemory> ask() {
        told = ask(false);
        held = false;
        return told.map(DeclaredBuffers::all).orElse(List.of());
    }

    /** What it said last. */
    List<DeclaredMemory> last() {
        return told.map(DeclaredBuffers::all).orElse(List.of());
    }

    /** The JVM is about to be stopped. */
    void hold() {
        told = ask(true);
        held = told.isPresent() && told.get().hold() != 0;
    }

    /** The JVM may free them again. */
    void letGo() {
        held = false;
    }

    private Optional<InsideAgent.Declarations> ask(boolean hold) {
        try {
            return agent.declared(hold).filter(DeclaredBuffers::isPossible);
        } catch (IOException silent) {
            return Optional.empty();
        }
    }

    private static boolean isPossible(InsideAgent.Declarations declarations) {
        return declarations.address() > 0
                && declarations.list().stream()
                        .allMatch(each -> each.place() >= 0
                                && each.place() < MOST_PLACES
                                && each.number() != 0
                                && each.memory().start() > 0
                                && each.memory().start() < each.memory().end());
    }

    private static List<DeclaredMemory> all(InsideAgent.Declarations declarations) {
        return declarations.list().stream().map(InsideAgent.Declaration::memory).toList();
    }

    /** Of a JVM that stands: what certainly stands too. */
    List<DeclaredMemory> standing() {
        if (!held || told.isEmpty() || told.get().list().isEmpty()) {
            return List.of();
        }
        try (NativeBuffer copy = NativeBuffer.shared(BYTES)) {
            if (memory.read(told.get().address(), copy.address(), BYTES) < BYTES) {
                return List.of();
            }
            ByteBuffer numbers = copy.slice(0, BYTES);
            if (numbers.getLong(MOST_PLACES * Long.BYTES) != told.get().hold()) {
                return List.of();
            }
            return told.get().list().stream()
                    .filter(each -> numbers.getLong(each.place() * Long.BYTES) == each.number())
                    .map(InsideAgent.Declaration::memory)
                    .toList();
        } catch (SystemCallException gone) {
            return List.of();
        }
    }
}
