package dev.godwit.agent.hint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.agent.channel.Message;
import dev.godwit.bootstrap.DeclaredBuffers;
import dev.godwit.linux.NativeAccess;
import dev.godwit.linux.NativeBuffer;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BufferHoldTest {
    private static final int PLENTY = 20;

    private final BufferHold hold = new BufferHold();
    /** What nobody can reach any more, not even a variable that is not read again, may be collected. */
    private final List<ByteBuffer> reachable = new ArrayList<>();

    @BeforeEach
    void natively() {
        NativeAccess.initialise();
    }

    @Test
    void aHeldBufferIsNotFreedWhoeverForgetsItUntilItIsLetGo() {
        int[] number = new int[1];
        WeakReference<ByteBuffer> forgotten = declareHoldAndForget(number);
        for (int i = 0; i < PLENTY; i++) {
            System.gc();
            assertThat(forgotten.get()).isNotNull();
        }
        assertThat(told(number[0])).isPresent();
        assertThat(heldBy()).isPositive();

        hold.letGo();
        assertThat(heldBy()).isZero();
        for (int i = 0; i < 5 * PLENTY && forgotten.get() != null; i++) {
            System.gc();
        }
        assertThat(forgotten.get()).isNull();
        assertThat(told(number[0])).isEmpty();
    }

    private WeakReference<ByteBuffer> declareHoldAndForget(int[] number) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64);
        number[0] = DeclaredBuffers.declare(buffer, null, 0);
        assertThat(hold.read(true).hold()).isEqualTo(heldBy());
        return new WeakReference<>(buffer);
    }

    @Test
    void theAddressIsThatOfTheRangeWhereverThePositionIsByThen() {
        ByteBuffer buffer = kept(ByteBuffer.allocateDirect(1000));
        int number = DeclaredBuffers.declare(buffer.position(100).limit(900), "/data/file", 4096);
        buffer.clear().position(500);
        Message.DeclaredBuffer told = told(number).orElseThrow();

        assertThat(told.start()).isEqualTo(NativeBuffer.addressOf(buffer) + 100);
        assertThat(told.end()).isEqualTo(told.start() + 800);
        assertThat(told.file()).isEqualTo("/data/file");
        assertThat(told.fileOffset()).isEqualTo(4096);
        DeclaredBuffers.withdraw(number);
        assertThat(told(number)).isEmpty();
    }

    @Test
    void aViewIsToldOfAndMemoryThatSomebodyFreesByHandIsNot() {
        ByteBuffer whole = ByteBuffer.allocateDirect(1000);
        ByteBuffer view = kept(whole.position(100).slice().duplicate());
        int ofSlice = DeclaredBuffers.declare(view, null, 0);
        assertThat(told(ofSlice)).isPresent();
        DeclaredBuffers.withdraw(ofSlice);

        try (NativeBuffer byHand = NativeBuffer.shared(4096)) {
            ByteBuffer foreign = kept(byHand.slice(0, 4096));
            int number = DeclaredBuffers.declare(foreign, null, 0);
            assertThat(number).isPositive();
            assertThat(told(number)).isEmpty();
            DeclaredBuffers.withdraw(number);
        }
    }

    private static long heldBy() {
        return DeclaredBuffers.standing().order(ByteOrder.nativeOrder()).getLong(DeclaredBuffers.MOST * Long.BYTES);
    }

    private ByteBuffer kept(ByteBuffer buffer) {
        reachable.add(buffer);
        return buffer;
    }

    private Optional<Message.DeclaredBuffer> told(int number) {
        return hold.read(false).buffers().stream()
                .filter(each -> each.number() == number)
                .findFirst();
    }
}
