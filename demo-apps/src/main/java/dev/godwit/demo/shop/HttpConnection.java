package dev.godwit.demo.shop;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection of a customer, kept alive. As little of HTTP/1.1 as the shop speaks, so that the load takes little from
 * the shop in the same process. Not thread-safe.
 */
final class HttpConnection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int MOST_BYTES = 16 << 20;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final String host;

    HttpConnection(InetSocketAddress server) throws IOException {
        socket.setTcpNoDelay(true);
        socket.connect(server, TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
        host = server.getHostString() + ":" + server.getPort();
    }

    /**
     * An answer.
     *
     * @param total value of the header {@code X-Total}, empty if there is none
     */
    record Answer(int status, String total, int bytes) {}

    /** Sends a request without a body and reads the answer. */
    Answer send(String method, String target) throws IOException {
        String head = method + " " + target + " HTTP/1.1\r\nHost: " + host
                + (method.equals("POST") ? "\r\nContent-Length: 0" : "") + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        String status = line();
        if (!status.startsWith("HTTP/1.1 ") || status.length() < 12) {
            throw new IOException("the server answered \"" + status + "\"");
        }
        String total = "";
        int length = -1;
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            String name = header.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT);
            String value = header.substring(colon + 1).strip();
            length = name.equals("content-length") ? Integer.parseInt(value) : length;
            total = name.equals("x-total") ? value : total;
        }
        if (length < 0 || length > MOST_BYTES) {
            throw new IOException("the answer to " + target + " has content-length " + length);
        }
        in.skipNBytes(length);
        return new Answer(Integer.parseInt(status.substring(9, 12)), total, length);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 || line.length() > 8_192) {
                throw new EOFException("the server broke off its answer");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
