package dev.godwit.agent.advice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClassFileMarksTest {
    private static final long DOUBLE_WIDTH = 0x1234_5678_9abc_def0L;

    /** A constant behind one that takes two numbers. */
    private static final String MARK = "a text of this class, " + DOUBLE_WIDTH;

    @Test
    void aConstantOfTheClassIsFound() throws IOException {
        assertThat(new ClassFileMarks(List.of("not there", MARK)).areIn(classFile(getClass())))
                .isTrue();
        assertThat(new ClassFileMarks(List.of("executeQuery")).areIn(classFile(java.sql.Statement.class)))
                .isTrue();
    }

    @Test
    void whatIsNotThereIsNotFound() throws IOException {
        assertThat(new ClassFileMarks(List.of("executeQuer", "xecuteQuery", "executeQuery2"))
                        .areIn(classFile(java.sql.Statement.class)))
                .isFalse();
        assertThat(new ClassFileMarks(List.of()).areIn(classFile(getClass()))).isFalse();
    }

    @Test
    void whatIsNoClassFileIsNotRead() throws IOException {
        // Not a constant of this class.
        ClassFileMarks marks = new ClassFileMarks(
                List.of(new StringBuilder("erehwon").reverse().toString()));
        byte[] whole = classFile(getClass());
        SplittableRandom random = new SplittableRandom(1);
        for (int length = 0; length < whole.length; length += 7) {
            byte[] damaged = Arrays.copyOf(whole, length);
            for (int i = 0; i < 5 && length > 0; i++) {
                damaged[random.nextInt(length)] = (byte) random.nextInt();
            }
            assertThat(marks.areIn(damaged)).as("seed 1, length %d", length).isFalse();
        }
    }

    private static byte[] classFile(Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            return in.readAllBytes();
        }
    }
}
