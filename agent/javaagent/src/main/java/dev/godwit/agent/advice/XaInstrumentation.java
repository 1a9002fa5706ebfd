package dev.godwit.agent.advice;

import static net.bytebuddy.matcher.ElementMatchers.isPublic;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.namedOneOf;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.godwit.bootstrap.HintThread;
import dev.godwit.bootstrap.TransactionHints;
import dev.godwit.bootstrap.XaHints;
import java.util.List;
import java.util.Set;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.dynamic.ClassFileLocator;

/**
 * Distributed transactions, any resource manager: each branch from {@code XAResource.start} to its commit, rollback or
 * forgetting, or a {@code prepare} that finds nothing to commit. What a driver does with statements inside of those calls is
 * not taken for transactions of its own.
 */
final class XaInstrumentation implements LibraryInstrumentation {
    private static final String XID = "javax.transaction.xa.Xid";
    private static final Set<String> RESOURCE = Set.of("javax.transaction.xa.XAResource");

    /** Descriptors of {@code start} and {@code end}. */
    @Override
    public List<String> marks() {
        return List.of("(Ljavax/transaction/xa/Xid;I)V");
    }

    @Override
    public Set<String> jdkClasses() {
        return Set.of();
    }

    @Override
    public boolean concerns(Class<?> type) {
        return Supertypes.include(type, RESOURCE);
    }

    @Override
    public List<AsmVisitorWrapper> advice(Class<?> type, ClassFileLocator locator) {
        return List.of(
                Advice.to(EnterAdvice.class, StartAdvice.class, locator)
                        .on(isPublic()
                                .and(named("start"))
                                .and(takesArguments(2))
                                .and(takesArgument(0, named(XID)))),
                Advice.to(EnterAdvice.class, SuspendAdvice.class, locator)
                        .on(isPublic().and(named("end")).and(takesArguments(2)).and(takesArgument(0, named(XID)))),
                Advice.to(EnterAdvice.class, PrepareAdvice.class, locator)
                        .on(isPublic()
                                .and(named("prepare"))
                                .and(takesArguments(1))
                                .and(takesArgument(0, named(XID)))),
                Advice.to(EnterAdvice.class, OverAdvice.class, locator)
                        .on(isPublic()
                                .and(namedOneOf("commit", "rollback", "forget"))
                                .and(takesArgument(0, named(XID)))));
    }

    /** For all of them: what runs inside is no statement of the application. */
    static final class EnterAdvice {
        private EnterAdvice() {}

        @Advice.OnMethodEnter(suppress = Throwable.class)
        static HintThread enter() {
            HintThread thread = TransactionHints.thread();
            TransactionHints.enter(thread);
            return thread;
        }
    }

    /** For {@code XAResource.start}: a branch begins, unless that fails. */
    static final class StartAdvice {
        private StartAdvice() {}

        @Advice.OnMethodExit(onThrowable = Throwable.class, suppress = Throwable.class)
        static void exit(
                @Advice.This Object resource,
                @Advice.Enter HintThread thread,
                @Advice.Argument(0) Xid xid,
                @Advice.Thrown Throwable thrown) {
            if (thread != null) {
                TransactionHints.leave(thread);
                if (thrown == null) {
                    XaHints.start(
                            thread,
                            resource,
                            xid.getFormatId(),
                            xid.getGlobalTransactionId(),
                            xid.getBranchQualifier());
                }
            }
        }
    }

    /** For {@code XAResource.end}. */
    static final class SuspendAdvice {
        private SuspendAdvice() {}

        @Advice.OnMethodExit(onThrowable = Throwable.class, suppress = Throwable.class)
        static void exit(@Advice.Enter HintThread thread, @Advice.Argument(0) Xid xid) {
            if (thread != null) {
                TransactionHints.leave(thread);
                XaHints.suspend(xid.getFormatId(), xid.getGlobalTransactionId(), xid.getBranchQualifier());
            }
        }
    }

    /** For {@code XAResource.prepare}: if it fails the branch is rolled back, and one that only read is over. */
    static final class PrepareAdvice {
        private PrepareAdvice() {}

        @Advice.OnMethodExit(onThrowable = Throwable.class, suppress = Throwable.class)
        static void exit(
                @Advice.Enter HintThread thread,
                @Advice.Argument(0) Xid xid,
                @Advice.Return int vote,
                @Advice.Thrown Throwable thrown) {
            if (thread != null) {
                TransactionHints.leave(thread);
                if (thrown != null || vote == XAResource.XA_RDONLY) {
                    XaHints.over(xid.getFormatId(), xid.getGlobalTransactionId(), xid.getBranchQualifier());
                } else {
                    XaHints.suspend(xid.getFormatId(), xid.getGlobalTransactionId(), xid.getBranchQualifier());
                }
            }
        }
    }

    /** For {@code XAResource.commit}, {@code rollback} and {@code forget}, also when they fail. */
    static final class OverAdvice {
        private OverAdvice() {}

        @Advice.OnMethodExit(onThrowable = Throwable.class, suppress = Throwable.class)
        static void exit(@Advice.Enter HintThread thread, @Advice.Argument(0) Xid xid) {
            if (thread != null) {
                TransactionHints.leave(thread);
                XaHints.over(xid.getFormatId(), xid.getGlobalTransactionId(), xid.getBranchQualifier());
            }
        }
    }
}
