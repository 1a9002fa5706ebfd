package dev.godwit.bootstrap;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Proxy;

/**
 * The few methods of {@code javax.servlet} or {@code jakarta.servlet} that tell whether a request goes on asynchronously,
 * looked up once for each class of requests: no servlet API is visible from the boot class loader. Held by that class,
 * and so unloaded with it.
 */
final class ServletApi {
    private static final MethodType HAS = MethodType.methodType(boolean.class, Object.class);
    private static final MethodType GET = MethodType.methodType(Object.class, Object.class);
    private static final MethodType ADD = MethodType.methodType(void.class, Object.class, Object.class);

    private static final ClassValue<ServletApi> BY_REQUEST = new ByRequest();

    private final MethodHandle isAsyncStarted;
    private final MethodHandle getAsyncContext;
    private final MethodHandle addListener;
    private final Class<?> listener;

    /** One for each class, made when it is first asked for. */
    static final class ByRequest extends ClassValue<ServletApi> {
        @Override
        protected ServletApi computeValue(Class<?> request) {
            try {
                Class<?> type = servletRequest(request);
                return type == null ? new ServletApi() : new ServletApi(type);
            } catch (ReflectiveOperationException | LinkageError e) {
                return new ServletApi(); // Older than asynchronous requests.
            }
        }
    }

    /** Knows none. */
    private ServletApi() {
        isAsyncStarted = null;
        getAsyncContext = null;
        addListener = null;
        listener = null;
    }

    private ServletApi(Class<?> request) throws ReflectiveOperationException {
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        Class<?> context = request.getMethod("getAsyncContext").getReturnType();
        listener = Class.forName(request.getPackageName() + ".AsyncListener", false, request.getClassLoader());
        isAsyncStarted = lookup.findVirtual(request, "isAsyncStarted", MethodType.methodType(boolean.class))
                .asType(HAS);
        getAsyncContext = lookup.findVirtual(request, "getAsyncContext", MethodType.methodType(context))
                .asType(GET);
        addListener = lookup.findVirtual(context, "addListener", MethodType.methodType(void.class, listener))
                .asType(ADD);
    }

    static ServletApi of(Class<?> request) {
        return BY_REQUEST.get(request);
    }

    private static Class<?> servletRequest(Class<?> type) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            for (Class<?> direct : each.getInterfaces()) {
                Class<?> found = isServletRequest(direct) ? direct : servletRequest(direct);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private static boolean isServletRequest(Class<?> type) {
        return type.getName().equals("javax.servlet.ServletRequest")
                || type.getName().equals("jakarta.servlet.ServletRequest");
    }

    boolean isAsyncStarted(Object request) throws Throwable {
        return isAsyncStarted != null && (boolean) isAsyncStarted.invokeExact(request);
    }

    /** The container tells the listener what becomes of the request. */
    void listen(Object request, AsyncRequest.Listener own) throws Throwable {
        Object context = (Object) getAsyncContext.invokeExact(request);
        Object proxy = Proxy.newProxyInstance(listener.getClassLoader(), new Class<?>[] {listener}, own);
        addListener.invokeExact(context, proxy);
    }
}
