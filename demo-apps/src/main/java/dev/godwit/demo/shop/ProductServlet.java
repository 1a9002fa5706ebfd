package dev.godwit.demo.shop;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;

/** {@code GET /product?id=N}. */
final class ProductServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // Never serialised.
    private final Store store;

    ProductServlet(Store store) {
        this.store = store;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        try {
            Optional<Store.Product> product = store.product(Page.number(request.getParameter("id")));
            if (product.isPresent()) {
                new Page(product.get().name()).product(product.get()).send(HttpServletResponse.SC_OK, response);
            } else {
                new Page("No such product").send(HttpServletResponse.SC_NOT_FOUND, response);
            }
        } catch (SQLException e) {
            throw new ServletException(e);
        }
    }
}
