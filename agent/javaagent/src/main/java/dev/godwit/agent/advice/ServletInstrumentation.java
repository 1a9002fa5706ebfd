package dev.godwit.agent.advice;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.namedOneOf;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.godwit.bootstrap.HintThread;
import dev.godwit.bootstrap.RequestHints;
import java.util.List;
import java.util.Set;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.dynamic.ClassFileLocator;

/**
 * Servlets and filters of both name spaces, {@code javax.servlet} and {@code jakarta.servlet}, in any container: a request
 * from the outermost filter or servlet until it returns. A request that goes on asynchronously, which {@link
 * AutomaticHint#ASYNC_SERVLET} switches, does so until the container calls it complete; see {@link RequestHints}.
 */
final class ServletInstrumentation implements LibraryInstrumentation {
    private static final Set<String> TYPES = Set.of(
            "javax.servlet.Servlet", "javax.servlet.Filter", "jakarta.servlet.Servlet", "jakarta.servlet.Filter");

    /** Descriptors, which the class file of a servlet or filter has because it declares such a method. */
    @Override
    public List<String> marks() {
        return List.of(
                "(Ljavax/servlet/ServletRequest;Ljavax/servlet/ServletResponse;)V",
                "(Ljavax/servlet/ServletRequest;Ljavax/servlet/ServletResponse;Ljavax/servlet/FilterChain;)V",
                "(Ljakarta/servlet/ServletRequest;Ljakarta/servlet/ServletResponse;)V",
                "(Ljakarta/servlet/ServletRequest;Ljakarta/servlet/ServletResponse;Ljakarta/servlet/FilterChain;)V");
    }

    @Override
    public Set<String> jdkClasses() {
        return Set.of();
    }

    @Override
    public boolean concerns(Class<?> type) {
        return Supertypes.include(type, TYPES);
    }

    @Override
    public List<AsmVisitorWrapper> advice(Class<?> type, ClassFileLocator locator) {
        return List.of(Advice.to(RequestAdvice.class, locator)
                .on(takesArgument(0, namedOneOf("javax.servlet.ServletRequest", "jakarta.servlet.ServletRequest"))
                        .and(named("service")
                                .and(takesArguments(2))
                                .or(named("doFilter").and(takesArguments(3))))));
    }

    /** For {@code Servlet.service} and {@code Filter.doFilter}. */
    static final class RequestAdvice {
        private RequestAdvice() {}

        @Advice.OnMethodEnter(suppress = Throwable.class)
        static HintThread enter() {
            return RequestHints.enterServlet();
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class, suppress = Throwable.class)
        static void exit(@Advice.Enter HintThread thread, @Advice.Argument(0) Object request) {
            if (thread != null) {
                RequestHints.leaveServlet(thread, request);
            }
        }
    }
}
