package dev.godwit.benchmarks;

import com.sun.net.httpserver.Filter;
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
public abstract class LibraryHintsBenchmark {
    private final Connection connection = implement(Connection.class, null);
    final Statement statement = implement(Statement.class, connection);
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

    /** A statement and the commit. */
    @Benchmark
    public void transaction() throws SQLException {
        statement.executeUpdate("");
        connection.commit();
    }

    /** The same and the close of the connection, which the agent gets to know each time, as with pools that hand out a new one. */
    @Benchmark
    public void transactionOfPool() throws SQLException {
        transaction();
        connection.close();
    }

    /** A request. */
    @Benchmark
    public void request() throws Exception {
        chain.doFilter(null);
    }

    /** All of it as it is. */
    @Fork(2)
    public static class WithoutAgent extends LibraryHintsBenchmark {}

    /** All of it recognised. */
    @Fork(value = 2, jvmArgsAppend = Programs.AGENT_OPTION)
    public static class WithAgent extends LibraryHintsBenchmark {
        /** Makes sure that the agent has woven driver and server before anything is measured. */
        @Setup
        public void await() throws Exception {
            LoadedAgent.awaitNames(2, () -> {
                transaction();
                request();
            });
            // The commit may be woven a moment after the statement.
            Thread.sleep(1_000);
            transaction();
        }

        /** A further statement of a transaction. */
        @Benchmark
        public void furtherStatement() throws SQLException {
            statement.executeUpdate("");
        }
    }
}
