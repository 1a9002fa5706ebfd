package dev.godwit.agent.advice;

/** Work that the agent recognises by itself. */
public enum AutomaticHint {
    /** Database transactions, each a critical section; branches of distributed ones (XA) too. */
    JDBC,
    /** Requests in servlet containers, each a critical section. */
    SERVLET,
    /** With {@link #SERVLET}: what such a request does asynchronously is part of the section. */
    ASYNC_SERVLET,
    /** Exchanges of the JDK's own web server, each a critical section. */
    HTTP_SERVER,
    /** Tasks of the JDK's executors, which make the program busy. */
    EXECUTOR
}
