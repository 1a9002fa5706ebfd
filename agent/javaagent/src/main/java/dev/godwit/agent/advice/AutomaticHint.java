package dev.godwit.agent.advice;

/** Work that the agent recognises by itself. */
public enum AutomaticHint {
    /** Database transactions, each a critical section. */
    JDBC,
    /** Requests in servlet containers, each a critical section. */
    SERVLET,
    /** Exchanges of the JDK's own web server, each a critical section. */
    HTTP_SERVER,
    /** Tasks of the JDK's executors, which make the program busy. */
    EXECUTOR
}
