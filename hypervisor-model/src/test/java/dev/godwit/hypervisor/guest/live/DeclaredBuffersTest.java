package dev.godwit.hypervisor.guest.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.linux.NativeAccess;
import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.ProcessMemory;
import dev.godwit.trace.DeclaredMemory;
import dev.godwit.trace.JvmSignals;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeclaredBuffersTest {
    private static final int BYTES = 4097 * Long.BYTES;
    private static final long HOLD = 5;

    private final DeclaredMemory first = discardable(0x1000, 0x9000);
    private final DeclaredMemory second = discardable(0x20000, 0x30000);
    private final FakeAgent agent = new FakeAgent();
    private NativeBuffer memory;
    private ProcessMemory self;
    private ByteBuffer numbers;
    private DeclaredBuffers declared;

    @BeforeEach
    void open() {
        NativeAccess.initialise();
        self = ProcessMemory.ofSelf();
        memory = NativeBuffer.shared(BYTES);
        numbers = memory.slice(0, BYTES);
        numbers.putLong(BYTES - Long.BYTES, HOLD);
        declared = new DeclaredBuffers(self, agent);
        numbers.putLong(0, 7);
        numbers.putLong(3 * Long.BYTES, 9);
        agent.told = Optional.of(told(memory.address(), 0, 3));
    }

    @AfterEach
    void close() {
        memory.close();
        self.close();
    }

    @Test
    void whatIsHeldAndStandsIsProvenAndWhatWasWithdrawnOrSaidAnewIsNot() {
        declared.hold();
        assertThat(agent.askedToHold).isTrue();
        assertThat(declared.standing()).containsExactly(first, second);

        numbers.putLong(0, 0);
        assertThat(declared.standing()).as("withdrawn").containsExactly(second);
        numbers.putLong(3 * Long.BYTES, 10);
        assertThat(declared.standing()).as("another has its place").isEmpty();
        numbers.putLong(3 * Long.BYTES, 9);
        assertThat(declared.standing()).containsExactly(second);
        numbers.putLong(BYTES - Long.BYTES, 0);
        assertThat(declared.standing()).as("the agent has let go by itself").isEmpty();
    }

    @Test
    void whatNobodyHoldsIsAHintOnly() {
        assertThat(declared.ask()).containsExactly(first, second);
        assertThat(agent.askedToHold).isFalse();
        assertThat(declared.standing()).as("never held").isEmpty();

        declared.hold();
        declared.letGo();
        assertThat(declared.standing()).as("let go").isEmpty();
        declared.hold();
        assertThat(declared.ask()).hasSize(2);
        assertThat(declared.standing()).as("the JVM runs on").isEmpty();
    }

    @Test
    void whatCannotBeReadOrCannotBeProvesNothing() {
        agent.told = Optional.of(told(4096, 0, 3));
        declared.hold();
        assertThat(declared.standing()).isEmpty();

        agent.told = Optional.of(told(memory.address(), 0, 1 << 20));
        assertThat(declared.ask()).isEmpty();
        agent.told = Optional.of(told(-8, 0, 3));
        assertThat(declared.ask()).isEmpty();
        agent.told = Optional.empty();
        declared.hold();
        assertThat(declared.standing()).isEmpty();
    }

    private InsideAgent.Declarations told(long address, int place, int otherPlace) {
        return new InsideAgent.Declarations(
                address,
                HOLD,
                List.of(
                        new InsideAgent.Declaration(place, 7, first),
                        new InsideAgent.Declaration(otherPlace, 9, second)));
    }

    private static DeclaredMemory discardable(long start, long end) {
        return new DeclaredMemory(0, DeclaredMemory.Kind.DISCARDABLE, start, end, "", 0);
    }

    private static final class FakeAgent implements InsideAgent {
        private Optional<Declarations> told = Optional.empty();
        private boolean askedToHold;

        @Override
        public Optional<Declarations> declared(boolean hold) {
            askedToHold = hold;
            return told;
        }

        @Override
        public long collectYoung() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void done() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void aborted(String reason) {
            throw new UnsupportedOperationException();
        }

        @Override
        public JvmSignals signals() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void beginStalls() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Stalls endStalls() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long steps() {
            throw new UnsupportedOperationException();
        }
    }
}
