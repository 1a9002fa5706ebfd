package dev.godwit.bootstrap;

/**
 * Where instrumented web servers report: a request is a critical section while a thread works on it, from the outermost
 * filter, servlet or handler until that returns. What goes on after that on other threads is not part of it.
 */
public final class RequestHints {
    /** Name of the sections of servlet containers. */
    public static final String SERVLET = "servlet request";

    /** Name of the sections of the JDK's own server. */
    public static final String HTTP_SERVER = "http exchange";

    private RequestHints() {}

    /** A filter or servlet begins; {@link #leave} must follow with what this returns. */
    public static HintThread enterServlet() {
        return enter(SERVLET);
    }

    /** A filter or handler of the JDK's server begins; {@link #leave} must follow with what this returns. */
    public static HintThread enterExchange() {
        return enter(HTTP_SERVER);
    }

    private static HintThread enter(String name) {
        HintThread thread = HintThread.current();
        if (thread.requests == 0) {
            thread.request = HintBridge.open(name);
        }
        thread.requests++;
        return thread;
    }

    /** It has returned, well or not. */
    public static void leave(HintThread thread) {
        thread.requests--;
        if (thread.requests == 0) {
            HintBridge.close(thread.request);
        }
    }
}
