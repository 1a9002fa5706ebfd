package dev.godwit.demo.shop;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.SQLException;

/** {@code GET /products?page=N}. */
final class CatalogueServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // Never serialised.
    private final Store store;

    CatalogueServlet(Store store) {
        this.store = store;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        int number = Math.max(0, Page.number(request.getParameter("page")));
        try {
            Page page = new Page("Catalogue, page " + number);
            store.page(number).forEach(page::product);
            page.send(HttpServletResponse.SC_OK, response);
        } catch (SQLException e) {
            throw new ServletException(e);
        }
    }
}
