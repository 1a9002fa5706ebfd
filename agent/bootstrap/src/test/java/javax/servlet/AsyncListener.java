package javax.servlet;

/** Is told what becomes of such a request. */
public interface AsyncListener {
    void onComplete(Object event);

    void onTimeout(Object event);

    void onError(Object event);

    void onStartAsync(Object event);
}
