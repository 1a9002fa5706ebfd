package dev.godwit.demo.shop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The web server, on the loopback interface. */
final class ShopServer implements AutoCloseable {
    private final Server server;

    private ShopServer(Server server) {
        this.server = server;
    }

    /**
     * Starts it.
     *
     * @param port zero for any free one
     */
    static ShopServer start(Store store, int port) throws IOException {
        Server server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        ServletContextHandler context = new ServletContextHandler("/");
        context.addServlet(new ServletHolder(new CatalogueServlet(store)), "/products");
        context.addServlet(new ServletHolder(new ProductServlet(store)), "/product");
        context.addServlet(new ServletHolder(new OrderServlet(store)), "/order");
        server.setHandler(context);
        try {
            server.start();
        } catch (Exception e) {
            throw new IOException("the web server cannot be started on port " + port + ": " + e.getMessage(), e);
        }
        return new ShopServer(server);
    }

    /** Where it listens. */
    InetSocketAddress address() {
        ServerConnector connector = (ServerConnector) server.getConnectors()[0];
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), connector.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException("the web server cannot be stopped: " + e.getMessage(), e);
        }
    }
}
