package dev.godwit.benchmarks;

import com.sun.net.httpserver.Filter;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.implementation.StubMethod;
import net.bytebuddy.matcher.ElementMatchers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs a library to be recognised: a driver and a handler that do nothing, without the agent and with it, so
 * that the difference is all the agent's. Run from the top of the source tree.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class LibraryHintsBenchmark {
    private static final String AGENT = Programs.AGENT_OPTION;

    private final Connection connection = implement(Connection.class, null);
    private final Statement statement = implement(Statement.class, connection);
    private final Filter.Chain chain = new Filter.Chain(List.of(), exchange -> {});

    /** All methods do nothing, return zero, false or null, but for a statement's connection. */
    private static <T> T implement(Class<T> type, Connection connection) {
        DynamicType.Builder<Object> builder = new ByteBuddy()
                .subclass(Object.class)
                .implement(type)
                .method(ElementMatchers.isAbstract())
                .intercept(StubMethod.INSTANCE);
        if (connection != null) {
            builder =
                    builder.method(ElementMatchers.named("getConnection")).intercept(FixedValue.reference(connection));
        }
        Class<?> made = builder.make()
                .load(LibraryHintsBenchmark.class.getClassLoader(), ClassLoadingStrategy.Default.INJECTION)
                .getLoaded();
        try {
            return type.cast(made.getConstructor().newInstance());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A statement and the commit, no agent. */
    @Benchmark
    @Fork(2)
    public void transactionWithoutAgent() throws SQLException {
        transaction();
    }

    /** The same with the agent. */
    @Benchmark
    @Fork(value = 2, jvmArgsAppend = AGENT)
    public void transactionWithAgent(Woven woven) throws SQLException {
        transaction();
    }

    /** A transaction and the close of its connection, no agent. */
    @Benchmark
    @Fork(2)
    public void transactionOfPoolWithoutAgent() throws SQLException {
        transactionOfPool();
    }

    /** The same with the agent, which gets to know the connection each time, as with pools that hand out a new one. */
    @Benchmark
    @Fork(value = 2, jvmArgsAppend = AGENT)
    public void transactionOfPoolWithAgent(Woven woven) throws SQLException {
        transactionOfPool();
    }

    /** A further statement of a transaction, with the agent. */
    @Benchmark
    @Fork(value = 2, jvmArgsAppend = AGENT)
    public void furtherStatementWithAgent(Woven woven) throws SQLException {
        statement.executeUpdate("");
    }

    /** A request, no agent. */
    @Benchmark
    @Fork(2)
    public void requestWithoutAgent() throws Exception {
        chain.doFilter(null);
    }

    /** The same with the agent. */
    @Benchmark
    @Fork(value = 2, jvmArgsAppend = AGENT)
    public void requestWithAgent(Woven woven) throws Exception {
        chain.doFilter(null);
    }

    private void transaction() throws SQLException {
        statement.executeUpdate("");
        connection.commit();
    }

    private void transactionOfPool() throws SQLException {
        transaction();
        connection.close();
    }

    /** Makes sure that the agent has woven driver and server before anything is measured. */
    @State(Scope.Thread)
    public static class Woven {
        /** Waits for the agent. */
        @Setup
        public void await(LibraryHintsBenchmark benchmark) throws Exception {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (namesSeen() < 2) {
                if (System.nanoTime() > until) {
                    throw new IllegalStateException("the agent sees no transaction or no request; status: "
                            + System.getProperty("godwit.agent.status") + "; build first, and run from the top");
                }
                benchmark.transaction();
                benchmark.chain.doFilter(null);
                Thread.sleep(20);
            }
            // The commit may be woven a moment after the statement.
            Thread.sleep(1_000);
            benchmark.transaction();
        }

        private static int namesSeen() {
            try {
                Method count = Class.forName("dev.godwit.bootstrap.HintBridge", true, null)
                        .getMethod("count");
                return (int) count.invoke(null);
            } catch (ReflectiveOperationException e) {
                return 0;
            }
        }
    }
}
