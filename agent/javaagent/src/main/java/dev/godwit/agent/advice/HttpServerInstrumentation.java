package dev.godwit.agent.advice;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.godwit.bootstrap.HintThread;
import dev.godwit.bootstrap.RequestHints;
import java.util.List;
import java.util.Set;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.dynamic.ClassFileLocator;

/**
 * The JDK's own web server, {@code com.sun.net.httpserver}: an exchange from its first filter, or its handler if it has
 * none, until that returns. In the chain that the server walks, not in handlers: those may be lambdas, which cannot be
 * woven.
 */
final class HttpServerInstrumentation implements LibraryInstrumentation {
    private static final String CHAIN = "com.sun.net.httpserver.Filter$Chain";

    @Override
    public List<String> marks() {
        return List.of();
    }

    @Override
    public Set<String> jdkClasses() {
        return Set.of(CHAIN);
    }

    @Override
    public boolean concerns(Class<?> type) {
        return type.getName().equals(CHAIN);
    }

    @Override
    public List<AsmVisitorWrapper> advice(Class<?> type, ClassFileLocator locator) {
        return List.of(
                Advice.to(ExchangeAdvice.class, locator).on(named("doFilter").and(takesArguments(1))));
    }

    /** For {@code Filter.Chain.doFilter}. */
    static final class ExchangeAdvice {
        private ExchangeAdvice() {}

        @Advice.OnMethodEnter(suppress = Throwable.class)
        static HintThread enter() {
            return RequestHints.enterExchange();
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class, suppress = Throwable.class)
        static void exit(@Advice.Enter HintThread thread) {
            if (thread != null) {
                RequestHints.leave(thread);
            }
        }
    }
}
