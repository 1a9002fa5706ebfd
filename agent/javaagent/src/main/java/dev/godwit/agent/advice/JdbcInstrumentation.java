package dev.godwit.agent.advice;

import static net.bytebuddy.matcher.ElementMatchers.isPublic;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.namedOneOf;
import static net.bytebuddy.matcher.ElementMatchers.not;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;
import static net.bytebuddy.matcher.ElementMatchers.takesNoArguments;

import dev.godwit.bootstrap.HintThread;
import dev.godwit.bootstrap.TrackedConnection;
import dev.godwit.bootstrap.TransactionHints;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.matcher.ElementMatcher;

/**
 * JDBC, any driver: from the first statement on a connection that does not commit by itself to its commit or rollback.
 * The connection's close and {@code setAutoCommit(true)} end it as well. Statements whose text is {@code BEGIN}, {@code
 * COMMIT} and the like count as well; prepared ones do not show their text.
 */
final class JdbcInstrumentation implements LibraryInstrumentation {
    private static final Set<String> CONNECTION = Set.of("java.sql.Connection");
    private static final Set<String> STATEMENT = Set.of("java.sql.Statement");

    @Override
    public List<String> marks() {
        return List.of("setAutoCommit", "executeQuery");
    }

    @Override
    public Set<String> jdkClasses() {
        return Set.of();
    }

    @Override
    public boolean concerns(Class<?> type) {
        return Supertypes.include(type, CONNECTION) || Supertypes.include(type, STATEMENT);
    }

    @Override
    public List<AsmVisitorWrapper> advice(Class<?> type, ClassFileLocator locator) {
        List<AsmVisitorWrapper> advice = new ArrayList<>();
        if (Supertypes.include(type, STATEMENT)) {
            ElementMatcher.Junction<MethodDescription> executes = isPublic()
                    .and(namedOneOf(
                            "execute",
                            "executeQuery",
                            "executeUpdate",
                            "executeBatch",
                            "executeLargeUpdate",
                            "executeLargeBatch"));
            ElementMatcher<MethodDescription> withText = takesArgument(0, String.class);
            advice.add(Advice.to(StatementAdvice.class, locator).on(executes.and(not(withText))));
            advice.add(Advice.to(TextAdvice.class, locator).on(executes.and(withText)));
        }
        if (Supertypes.include(type, CONNECTION)) {
            advice.add(Advice.to(AutoCommitAdvice.class, locator)
                    .on(isPublic()
                            .and(named("setAutoCommit"))
                            .and(takesArguments(1))
                            .and(takesArgument(0, boolean.class))));
            advice.add(Advice.to(EndAdvice.class, locator)
                    .on(isPublic().and(namedOneOf("commit", "rollback")).and(takesNoArguments())));
            advice.add(Advice.to(CloseAdvice.class, locator)
                    .on(isPublic()
                            .and(named("close")
                                    .and(takesNoArguments())
                                    .or(named("abort").and(takesArguments(1))))));
        }
        return advice;
    }

    /** For a statement: a transaction may begin. */
    static final class StatementAdvice {
        private StatementAdvice() {}

        @Advice.OnMethodEnter(suppress = Throwable.class)
        static HintThread enter(@Advice.This Object statement) throws SQLException {
            HintThread thread = TransactionHints.thread();
            if (TransactionHints.isOutermost(thread)) {
                Connection connection = ((Statement) statement).getConnection();
                if (connection != null) {
                    TrackedConnection tracked = TransactionHints.tracked(thread, connection);
                    // One that commits by itself is not got to know: pools hand out a new object for each of many
                    // queries.
                    if (tracked == null && !connection.getAutoCommit()) {
                        tracked = TransactionHints.track(thread, connection, false);
                    }
                    TransactionHints.begin(thread, tracked);
                }
            }
            // Last: what fails before has not entered, and the exit below does nothing.
            TransactionHints.enter(thread);
            return thread;
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class, suppress = Throwable.class)
        static void exit(@Advice.Enter HintThread thread) {
            if (thread != null) {
                TransactionHints.leave(thread);
            }
        }
    }

    /** For a statement that is given as text: the same, and the text may begin or end a transaction. */
    static final class TextAdvice {
        private TextAdvice() {}

        @Advice.OnMethodEnter(suppress = Throwable.class)
        static HintThread enter(@Advice.This Object statement, @Advice.Argument(0) String sql) throws SQLException {
            HintThread thread = TransactionHints.thread();
            if (TransactionHints.isOutermost(thread)) {
                Connection connection = ((Statement) statement).getConnection();
                if (connection != null) {
                    TrackedConnection tracked = TransactionHints.tracked(thread, connection);
                    if (tracked == null) {
                        boolean autoCommit = connection.getAutoCommit();
                        if (TransactionHints.isWorthKnowing(autoCommit, sql)) {
                            tracked = TransactionHints.track(thread, connection, autoCommit);
                        }
                    }
                    TransactionHints.begin(thread, tracked, sql);
                }
            }
            TransactionHints.enter(thread);
            return thread;
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class, suppress = Throwable.class)
        static void exit(
                @Advice.This Object statement, @Advice.Enter HintThread thread, @Advice.Thrown Throwable thrown)
                throws SQLException {
            if (thread != null) {
                TrackedConnection tracked = TransactionHints.leaveText(thread, thrown != null);
                if (tracked != null) {
                    boolean autoCommit = ((Statement) statement).getConnection().getAutoCommit();
                    TransactionHints.refresh(tracked, autoCommit);
                }
            }
        }
    }

    /** For {@code Connection.setAutoCommit}. */
    static final class AutoCommitAdvice {
        private AutoCommitAdvice() {}

        @Advice.OnMethodExit(suppress = Throwable.class)
        static void exit(@Advice.This Object connection, @Advice.Argument(0) boolean on) {
            TransactionHints.autoCommit(connection, on);
        }
    }

    /** For {@code Connection.commit} and {@code rollback}, also when they fail: what they leave is no transaction to wait for. */
    static final class EndAdvice {
        private EndAdvice() {}

        @Advice.OnMethodExit(onThrowable = Throwable.class, suppress = Throwable.class)
        static void exit(@Advice.This Object connection) {
            TransactionHints.end(connection);
        }
    }

    /** For {@code Connection.close} and {@code abort}. At their beginning: behind them a pool may have given the connection away. */
    static final class CloseAdvice {
        private CloseAdvice() {}

        @Advice.OnMethodEnter(suppress = Throwable.class)
        static void enter(@Advice.This Object connection) {
            TransactionHints.close(connection);
        }
    }
}
