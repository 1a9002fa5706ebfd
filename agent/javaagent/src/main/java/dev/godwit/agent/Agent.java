package dev.godwit.agent;

import dev.godwit.agent.advice.CriticalMethods;
import dev.godwit.agent.advice.HintInstrumentation;
import dev.godwit.agent.advice.LibraryHints;
import dev.godwit.agent.control.ControlChannel;
import dev.godwit.agent.heap.CollectionRequests;
import dev.godwit.agent.manage.Management;
import dev.godwit.agent.record.Recorder;
import dev.godwit.agent.record.RecordingPlan;
import dev.godwit.agent.record.StopSignal;
import dev.godwit.linux.NativeAccess;
import dev.godwit.trace.TraceEnd;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;

/**
 * The agent, on its one thread: takes requests, records, connects the hint API, and otherwise sleeps.
 *
 * <p>Lives in the isolated class loader; {@code dev.godwit.agent.start} calls {@link #run}.
 */
public final class Agent {
    private static final long HINT_RETRY_NANOS = 5_000_000;

    /** How long a program that ends may have to wait until a native library is loaded and its file gone. */
    private static final Duration LONGEST_LOADING = Duration.ofSeconds(2);

    private final Queue<String> requests;
    private final Instrumentation instrumentation;
    private final AgentStatus status = new AgentStatus();
    private final HintInstrumentation hints;
    private final CriticalMethods methods;
    private final CollectionRequests collections = new CollectionRequests();
    private final LibraryHints libraries;
    private final Management management;
    private final ControlChannel control;
    private volatile StopSignal running;

    private Agent(Queue<String> requests, Instrumentation instrumentation) {
        this.requests = requests;
        this.instrumentation = instrumentation;
        Thread self = Thread.currentThread();
        hints = new HintInstrumentation(instrumentation, () -> LockSupport.unpark(self));
        methods = new CriticalMethods(instrumentation, () -> LockSupport.unpark(self));
        management = new Management(() -> running != null, status::say);
        control = new ControlChannel(
                instrumentation,
                Agent::loadNativeAccess,
                collections,
                () -> running != null,
                management::event,
                status::control);
        libraries = new LibraryHints(instrumentation, () -> LockSupport.unpark(self), status::say);
    }

    /**
     * Serves requests for ever.
     *
     * @param requests options of each request, as given to the agent
     */
    public static void run(Queue<String> requests, Instrumentation instrumentation)
            throws ReflectiveOperationException, IOException {
        ModuleAccess.open(instrumentation);
        BootstrapClasses.define();
        new Agent(requests, instrumentation).serve();
    }

    private void serve() {
        hints.install();
        methods.install();
        // Before any controller is served: what it asks first is to be answered right.
        connectHints();
        while (true) {
            String request = requests.poll();
            if (request != null) {
                handle(request);
            } else if (connectHints()) {
                LockSupport.parkNanos(this, HINT_RETRY_NANOS);
            } else {
                LockSupport.park(this);
            }
        }
    }

    private void handle(String request) {
        try {
            AgentOptions options = AgentOptions.parse(request, System::getProperty, System::getenv);
            status.verbose(options.verbose());
            status.accept();
            management.configure(options.jfr(), options.jmx());
            if (options.stop()) {
                status.refuse("there is no recording to stop");
            } else {
                recogniseLibraries(options);
            }
            if (options.control().isPresent()) {
                connect(options.control().get());
            }
            if (options.stop() || options.output().isEmpty()) {
                status.set("idle");
            } else {
                record(options);
            }
        } catch (IllegalArgumentException e) {
            status.verbose(status.isVerbose() || request.contains("verbose=true"));
            status.set("failed: " + e.getMessage());
        } catch (Exception | LinkageError | AssertionError | StackOverflowError | OutOfMemoryError e) {
            status.set("failed: " + (e instanceof IOException ? e.getMessage() : e.toString()));
        }
    }

    private void recogniseLibraries(AgentOptions options) {
        try {
            libraries.enable(options.automaticHints());
        } catch (RuntimeException | LinkageError e) {
            status.say("the work of libraries is not seen: " + e);
        }
    }

    /** What recorder and controllers use of the JDK. */
    private void useModules() throws IOException {
        SystemModules.addNeeded();
        SystemModules.addWanted(status::say);
        ModuleAccess.silence();
    }

    /** Controllers are served on threads of their own, beside a recording. */
    private void connect(Path socket) throws IOException {
        useModules();
        control.connect(socket);
    }

    /** False if the JVM is shutting down. JNA's library is a file for as long as it takes to load it. */
    private static boolean loadNativeAccess() {
        StopSignal signal = new StopSignal(Thread.currentThread());
        RecordingEnd end = new RecordingEnd(signal, LONGEST_LOADING);
        if (!end.register()) {
            return false;
        }
        try {
            boolean mayLoad = signal.mayCreateFiles();
            if (mayLoad) {
                NativeAccess.initialise();
            }
            return mayLoad;
        } finally {
            end.reached();
        }
    }

    private void record(AgentOptions options) throws IOException {
        useModules();
        RecordingPlan plan = options.plan();
        running = new StopSignal(Thread.currentThread());
        RecordingEnd end = new RecordingEnd(running, options.endLimit());
        if (!end.register()) {
            return; // The JVM is shutting down.
        }
        try {
            Recorder recorder = new Recorder(
                    plan, instrumentation, collections, running, this::housekeeping, management::recorded, status::say);
            TraceEnd.Reason reason = recorder.run(() -> status.set("recording " + plan.output()));
            status.set("finished " + reason);
        } catch (FileSystemException e) {
            throw new IOException(
                    "cannot record into " + plan.output() + ": " + e
                            + "; name a new directory in one that can be written to",
                    e);
        } finally {
            running = null;
            end.reached();
        }
    }

    /** What goes on besides a recording: requests that come meanwhile, and the hint API. */
    private boolean housekeeping() {
        management.join();
        for (String request = requests.poll(); request != null; request = requests.poll()) {
            handleWhileRecording(request);
        }
        return connectHints();
    }

    private void handleWhileRecording(String request) {
        try {
            AgentOptions options = AgentOptions.parse(request, System::getProperty, System::getenv);
            if (options.control().isPresent() && options.output().isEmpty()) {
                status.accept();
                connect(options.control().get());
            }
            if (options.stop()) {
                status.accept();
                running.stop(TraceEnd.Reason.COMPLETED);
            } else if (options.control().isEmpty() || options.output().isPresent()) {
                status.refuse("a recording is running: wait for its end, or attach with stop=true");
            }
        } catch (IllegalArgumentException | IOException e) {
            status.refuse(e.getMessage());
        }
    }

    /** True if there will be more to do soon. */
    private boolean connectHints() {
        try {
            if (hints.hasPending()) {
                hints.weavePending();
            }
            if (methods.hasPending()) {
                methods.weavePending();
            }
        } catch (RuntimeException | LinkageError e) {
            status.say("hints are not seen: " + e.getMessage());
        }
        try {
            if (libraries.hasPending()) {
                libraries.weavePending();
            }
        } catch (RuntimeException | LinkageError e) {
            status.say("the work of libraries is not seen: " + e);
        }
        return hints.hasPending() || methods.hasPending() || libraries.hasPending();
    }
}
