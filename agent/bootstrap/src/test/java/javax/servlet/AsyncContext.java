package javax.servlet;

/** What an asynchronous request goes on with. */
public interface AsyncContext {
    void addListener(AsyncListener listener);
}
