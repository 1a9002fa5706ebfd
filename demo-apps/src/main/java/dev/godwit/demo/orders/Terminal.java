package dev.godwit.demo.orders;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The web page that a client's terminal is answered with: the latest confirmations, rendered anew for each request.
 *
 * <p>As in most Java services, this is where the short-lived garbage comes from.
 */
final class Terminal {
    private static final int SHOWN = 100;
    private static final int REMEMBERED = 500;

    private final Deque<NewOrder.Confirmation> latest = new ArrayDeque<>();
    /** Confirmations by order, kept for customers who ask again; the oldest goes when it is full. */
    private final Map<String, String> byOrder = new LinkedHashMap<>();

    private long sentBytes;

    void add(NewOrder.Confirmation confirmation) {
        latest.addFirst(confirmation);
        if (latest.size() > SHOWN) {
            latest.removeLast();
        }
        byOrder.put(
                confirmation.warehouse() + "/" + confirmation.district() + "/" + confirmation.orderId(),
                confirmation.text());
        if (byOrder.size() > REMEMBERED) {
            byOrder.remove(byOrder.keySet().iterator().next());
        }
    }

    /** Renders the page and sends it; there is no wire, so the bytes are only counted. */
    void answer(String message) {
        StringBuilder page = new StringBuilder("<!DOCTYPE html>\n<title>Orders</title>\n");
        page.append("<p>").append(escape(message)).append("</p>\n");
        for (NewOrder.Confirmation confirmation : latest) {
            page.append("<pre>").append(escape(confirmation.text())).append("</pre>\n");
        }
        byte[] body = page.toString().getBytes(StandardCharsets.UTF_8);
        sentBytes += body.length;
    }

    /** Bytes of all pages sent. */
    long sentBytes() {
        return sentBytes;
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
