package dev.godwit.agent.advice;

import dev.godwit.bootstrap.ListenerSources;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import net.bytebuddy.asm.Advice;

/** For {@code MigrationHints.listening}: the application has listeners. */
final class ListeningAdvice {

    private ListeningAdvice() {}

    @Advice.OnMethodExit(suppress = Throwable.class)
    static void exit(@Advice.Argument(0) Supplier<IntConsumer[]> source) {
        ListenerSources.add(source);
    }
}
