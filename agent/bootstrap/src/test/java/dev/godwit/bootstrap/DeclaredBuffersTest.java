package dev.godwit.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The registry is one per JVM: each test takes back what it declares. */
class DeclaredBuffersTest {
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(100);

    @Test
    void aDeclarationStandsAtItsPlaceOutsideTheHeapUntilItIsWithdrawn() {
        int number = DeclaredBuffers.declare(buffer.position(10).limit(60), null, 0);
        DeclaredBuffers.Declared declared = declared(number);

        assertThat(declared.capacityStart()).isEqualTo(10);
        assertThat(declared.bytes()).isEqualTo(50);
        assertThat(standing(declared.place())).isEqualTo(number);
        DeclaredBuffers.withdraw(number);
        assertThat(standing(declared.place())).isZero();
        assertThat(DeclaredBuffers.all())
                .extracting(DeclaredBuffers.Declared::number)
                .doesNotContain(number);
        DeclaredBuffers.withdraw(number);
    }

    @Test
    void aPlaceIsGivenAgainAndANumberIsNot() {
        int first = DeclaredBuffers.declare(buffer, null, 0);
        int place = declared(first).place();
        DeclaredBuffers.withdraw(first);
        int second = DeclaredBuffers.declare(buffer, "/file", 8);

        assertThat(second).isGreaterThan(first);
        assertThat(declared(second).place()).isEqualTo(place);
        assertThat(standing(place)).isEqualTo(second);
        DeclaredBuffers.withdraw(first);
        assertThat(standing(place))
                .as("a withdrawal said twice changes nothing")
                .isEqualTo(second);
        DeclaredBuffers.withdraw(second);
    }

    @Test
    void nothingIsTakenBeyondThePlaces() {
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i <= DeclaredBuffers.MOST; i++) {
            taken.add(DeclaredBuffers.declare(buffer, null, 0));
        }

        assertThat(taken).endsWith(0).doesNotHaveDuplicates();
        taken.forEach(DeclaredBuffers::withdraw);
        assertThat(DeclaredBuffers.declare(ByteBuffer.allocate(10), null, 0))
                .as("a heap buffer has no address that stays")
                .isZero();
    }

    @Test
    void aBufferThatCannotBeReachedAnyMoreStandsNoLongerOnceSomebodyLooks() {
        int number = declareAndForget();
        int place = declaredBeforeCollection(number);
        for (int i = 0; i < 100 && standing(place) == number; i++) {
            System.gc();
            List<DeclaredBuffers.Declared> unused = DeclaredBuffers.all();
        }

        assertThat(standing(place)).isNotEqualTo(number);
    }

    private static int declareAndForget() {
        return DeclaredBuffers.declare(ByteBuffer.allocateDirect(10), null, 0);
    }

    private static int declaredBeforeCollection(int number) {
        for (int place = 0; place < DeclaredBuffers.MOST; place++) {
            if (standing(place) == number) {
                return place;
            }
        }
        throw new AssertionError("number " + number + " stands nowhere");
    }

    private static DeclaredBuffers.Declared declared(int number) {
        return DeclaredBuffers.all().stream()
                .filter(each -> each.number() == number)
                .findFirst()
                .orElseThrow();
    }

    private static long standing(int place) {
        return DeclaredBuffers.standing().order(ByteOrder.nativeOrder()).getLong(place * Long.BYTES);
    }
}
