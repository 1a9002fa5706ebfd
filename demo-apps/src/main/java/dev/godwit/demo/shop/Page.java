package dev.godwit.demo.shop;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Renders what the servlets answer. */
final class Page {
    private final StringBuilder text = new StringBuilder("<!DOCTYPE html>\n");

    Page(String title) {
        text.append("<title>").append(escape(title)).append("</title>\n<h1>");
        text.append(escape(title)).append("</h1>\n");
    }

    Page paragraph(String content) {
        text.append("<p>").append(escape(content)).append("</p>\n");
        return this;
    }

    Page product(Store.Product product) {
        text.append("<h2><a href=\"product?id=").append(product.id()).append("\">");
        text.append(escape(product.name())).append("</a></h2>\n");
        paragraph(product.description());
        return paragraph(product.price() + " each, " + product.stock() + " in stock");
    }

    void send(int status, HttpServletResponse response) throws IOException {
        byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType("text/html;charset=utf-8");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private static String escape(String content) {
        return content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** A number that a request gives, or one that is no product's if it gives none. */
    static int number(String parameter) {
        try {
            return parameter == null ? -1 : Integer.parseInt(parameter);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
