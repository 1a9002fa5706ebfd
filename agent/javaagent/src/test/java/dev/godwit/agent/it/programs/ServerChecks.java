package dev.godwit.agent.it.programs;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Requests to real servers: Jetty, Tomcat 9, and the JDK's own server. */
final class ServerChecks {
    private static final String SERVLET = "servlet request";
    private static final String EXCHANGE = "http exchange";

    /** Jetty loses a timeout that passes before its thread has noted that there is one: 1 ms was too little on a busy machine. */
    static final int ASYNC_TIMEOUT_MILLIS = 300;

    private static volatile String failure;

    private final boolean servletOff;
    private final boolean exchangeOff;

    ServerChecks(boolean servletOff, boolean exchangeOff) {
        this.servletOff = servletOff;
        this.exchangeOff = exchangeOff;
    }

    void run() throws Exception {
        Server jetty = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        jetty.setHandler(JakartaApplication.handler());
        jetty.start();
        int port = ((ServerConnector) jetty.getConnectors()[0]).getLocalPort();
        requests(port, "/jakarta", SERVLET, servletOff);
        asynchronous(port, "/jakarta");
        jetty.stop();

        Tomcat tomcat = JavaxApplication.start();
        requests(tomcat.getConnector().getLocalPort(), "/javax", SERVLET, servletOff);
        asynchronous(tomcat.getConnector().getLocalPort(), "/javax");
        tomcat.stop();

        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", ServerChecks::handle);
        server.start();
        requests(server.getAddress().getPort(), "", EXCHANGE, exchangeOff);
        server.stop(0);
        if (failure != null) {
            throw new AssertionError(failure);
        }
    }

    private void asynchronous(int port, String path) throws Exception {
        if (servletOff) {
            return;
        }
        checkAnswer(get(port, path + "/?complete"), "1");
        awaitNothingOpen();
        checkAnswer(get(port, path + "/?dispatch"), "1");
        awaitNothingOpen();
        get(port, path + "/?timeout");
        awaitNothingOpen();
    }

    /** Does something with a request that its servlet has started asynchronously. */
    interface Continuation {
        void run(String sectionsOpen) throws IOException;
    }

    /** Goes on with a request once the calling thread is out of filters and servlets, with what is open by then. */
    static void goOn(Continuation continuation) {
        Thread servlet = Thread.currentThread();
        new Thread(() -> {
                    try {
                        Bridge.await("the servlet has returned", () -> !isInApplication(servlet));
                        continuation.run(String.valueOf(Bridge.openNow(SERVLET)));
                    } catch (Exception | AssertionError e) {
                        failure = e.toString();
                    }
                })
                .start();
    }

    private static boolean isInApplication(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().startsWith(ServerChecks.class.getPackageName()));
    }

    private static void handle(HttpExchange exchange) throws IOException {
        byte[] answer = inside(exchange.getRequestURI().getQuery()).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    private static void requests(int port, String path, String name, boolean off) throws Exception {
        if (off) {
            checkAnswer(get(port, path + "/"), "0 0");
            return;
        }
        Bridge.awaitSeen(name, () -> get(port, path + "/"));
        // The outermost filter may be woven a moment later than what is inside it.
        Bridge.await("one section for each request", () -> {
            long before = Bridge.opened(name);
            get(port, path + "/");
            awaitNothingOpen();
            return Bridge.opened(name) == before + 1;
        });
        checkAnswer(get(port, path + "/"), name.equals(SERVLET) ? "1 0" : "0 1");
        get(port, path + "/?fail");
        awaitNothingOpen();
    }

    /**
     * What a request finds open while it is handled: servlet requests, then exchanges.
     *
     * @throws IllegalStateException if the query says so
     */
    static String inside(String query) {
        if ("fail".equals(query)) {
            throw new IllegalStateException("as asked");
        }
        try {
            return Bridge.openNow(SERVLET) + " " + Bridge.openNow(EXCHANGE);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The answer reaches the client before the server is done with the request. */
    static void awaitNothingOpen() throws Exception {
        Bridge.await("no request is open", () -> Bridge.openNow(SERVLET) + Bridge.openNow(EXCHANGE) == 0);
    }

    private static void checkAnswer(String found, String expected) {
        if (!found.equals(expected)) {
            throw new AssertionError("a request found \"" + found + "\" open, expected \"" + expected + "\"");
        }
    }

    private static String get(int port, String path) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
        connection.setReadTimeout(30_000);
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "status " + e.getMessage();
        }
    }
}
