package javax.servlet;

/** A request. */
public interface ServletRequest {
    boolean isAsyncStarted();

    AsyncContext getAsyncContext();
}
