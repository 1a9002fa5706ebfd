package dev.godwit.agent.advice;

import dev.godwit.bootstrap.DeclaredBuffers;
import java.nio.ByteBuffer;
import net.bytebuddy.asm.Advice;

/** For {@code MigrationHints.declared}: something is said about a buffer, and its number becomes the result. */
final class DeclaredAdvice {

    private DeclaredAdvice() {}

    @Advice.OnMethodExit(suppress = Throwable.class)
    @SuppressWarnings("unused") // What is written to it becomes the result of the method.
    static void exit(
            @Advice.Argument(0) ByteBuffer buffer,
            @Advice.Argument(1) String file,
            @Advice.Argument(2) long fileOffset,
            @Advice.Return(readOnly = false) int number) {
        number = DeclaredBuffers.declare(buffer, file, fileOffset);
    }
}
