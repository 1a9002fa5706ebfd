package dev.godwit.agent.start;

import java.io.File;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Entry points of the agent. They start one daemon thread, or hand a request to the one that runs, and return: no class
 * but these few is loaded by the thread of the application, and nothing is ever thrown at it.
 */
public final class GodwitAgent implements Runnable {
    /** System property with the state of the agent. */
    public static final String STATUS = "godwit.agent.status";

    private static final String AGENT_CLASS = "dev.godwit.agent.Agent";

    /** Options of requests not yet looked at. */
    private static final Queue<String> REQUESTS = new ConcurrentLinkedQueue<>();

    private static Thread thread;

    private final Instrumentation instrumentation;

    private GodwitAgent(Instrumentation instrumentation) {
        this.instrumentation = instrumentation;
    }

    /** Called by the JVM for {@code -javaagent}, before the main method of the application. */
    public static void premain(String options, Instrumentation instrumentation) {
        request(options, instrumentation);
    }

    /** Called by the JVM when the agent is attached. */
    public static void agentmain(String options, Instrumentation instrumentation) {
        request(options, instrumentation);
    }

    private static synchronized void request(String options, Instrumentation instrumentation) {
        try {
            boolean loaded = thread != null;
            if (!loaded || !isBusy(System.getProperty(STATUS, ""))) {
                System.setProperty(STATUS, "starting");
            }
            REQUESTS.add(options == null ? "" : options);
            if (loaded) {
                LockSupport.unpark(thread);
            } else {
                thread = start(new GodwitAgent(instrumentation));
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    private static boolean isBusy(String status) {
        return status.startsWith("recording") || status.equals("starting");
    }

    private static Thread start(GodwitAgent agent) {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        // Without the thread locals that the application may hand down.
        Thread created = new Thread(group, agent, "godwit-agent", 0, false);
        created.setDaemon(true);
        created.setContextClassLoader(null);
        created.start();
        return created;
    }

    @Override
    public void run() {
        try {
            File jar = new File(GodwitAgent.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            ClassLoader isolated = new IsolatedClassLoader(jar);
            Thread.currentThread().setContextClassLoader(isolated);
            Class.forName(AGENT_CLASS, true, isolated)
                    .getMethod("run", Queue.class, Instrumentation.class)
                    .invoke(null, REQUESTS, instrumentation);
        } catch (InvocationTargetException e) {
            fail(e.getCause());
        } catch (Throwable e) {
            fail(e);
        }
    }

    private static void fail(Throwable e) {
        try {
            System.setProperty(STATUS, "failed: the agent could not start: " + e);
        } catch (Throwable ignored) {
            // Nothing left to tell it by, and the application must not notice.
        }
    }
}
