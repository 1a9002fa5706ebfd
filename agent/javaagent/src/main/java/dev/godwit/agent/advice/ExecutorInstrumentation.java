package dev.godwit.agent.advice;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.godwit.bootstrap.TaskHints;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.dynamic.ClassFileLocator;

/**
 * Tasks of {@code ThreadPoolExecutor} (and so of scheduled ones), between its hooks {@code beforeExecute} and
 * {@code afterExecute}, overridden ones included; and of {@code ForkJoinPool}, whatever a worker takes in one go. They make the
 * program busy, not critical. Pools that libraries made for themselves are not seen.
 */
final class ExecutorInstrumentation implements LibraryInstrumentation {
    private static final String POOL = "java.util.concurrent.ThreadPoolExecutor";
    private static final String FORK_JOIN_WORKER = "java.util.concurrent.ForkJoinPool$WorkQueue";

    @Override
    public List<String> marks() {
        return List.of("beforeExecute", "afterExecute");
    }

    @Override
    public Set<String> jdkClasses() {
        return Set.of(POOL, FORK_JOIN_WORKER);
    }

    @Override
    public boolean concerns(Class<?> type) {
        return type.getName().equals(FORK_JOIN_WORKER) || Supertypes.include(type, Set.of(POOL));
    }

    @Override
    public List<AsmVisitorWrapper> advice(Class<?> type, ClassFileLocator locator) {
        List<AsmVisitorWrapper> advice = new ArrayList<>();
        if (type.getName().equals(FORK_JOIN_WORKER)) {
            advice.add(Advice.to(RunAdvice.class, locator).on(named("topLevelExec")));
        } else {
            advice.add(Advice.to(BeforeAdvice.class, locator)
                    .on(named("beforeExecute").and(takesArguments(2))));
            advice.add(Advice.to(AfterAdvice.class, locator)
                    .on(named("afterExecute").and(takesArguments(2))));
        }
        return advice;
    }

    /** For {@code ThreadPoolExecutor.beforeExecute}; not if it throws, for then the task does not run. */
    static final class BeforeAdvice {
        private BeforeAdvice() {}

        @Advice.OnMethodExit(suppress = Throwable.class)
        static void exit() {
            TaskHints.begin();
        }
    }

    /** For {@code ThreadPoolExecutor.afterExecute}. */
    static final class AfterAdvice {
        private AfterAdvice() {}

        @Advice.OnMethodExit(onThrowable = Throwable.class, suppress = Throwable.class)
        static void exit() {
            TaskHints.end();
        }
    }

    /** For {@code ForkJoinPool.WorkQueue.topLevelExec}. */
    static final class RunAdvice {
        private RunAdvice() {}

        @Advice.OnMethodEnter(suppress = Throwable.class)
        static void enter() {
            TaskHints.begin();
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class, suppress = Throwable.class)
        static void exit() {
            TaskHints.end();
        }
    }
}
