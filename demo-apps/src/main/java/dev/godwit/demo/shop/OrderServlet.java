package dev.godwit.demo.shop;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.TreeMap;

/** {@code POST /order?customer=N&item=PRODUCT&item=PRODUCT…}: one piece for each time an item is named. */
final class OrderServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    /** What was to be paid, for those who do not read pages. */
    static final String TOTAL = "X-Total";

    @SuppressWarnings("serial") // Never serialised.
    private final Store store;

    OrderServlet(Store store) {
        this.store = store;
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        String[] items = request.getParameterValues("item");
        TreeMap<Integer, Integer> quantities = new TreeMap<>();
        for (String item : items == null ? new String[0] : items) {
            quantities.merge(Page.number(item), 1, Integer::sum);
        }
        if (quantities.isEmpty()) {
            new Page("Name an item").send(HttpServletResponse.SC_BAD_REQUEST, response);
            return;
        }
        try {
            Optional<Store.Purchase> purchase = store.order(Page.number(request.getParameter("customer")), quantities);
            if (purchase.isEmpty()) {
                new Page("No such product").send(HttpServletResponse.SC_NOT_FOUND, response);
                return;
            }
            response.setHeader(TOTAL, purchase.get().total().toPlainString());
            new Page("Thank you")
                    .paragraph("Purchase " + purchase.get().id() + " of " + quantities.size() + " products.")
                    .paragraph("To be paid: " + purchase.get().total())
                    .send(HttpServletResponse.SC_OK, response);
        } catch (SQLException e) {
            throw new ServletException(e);
        }
    }
}
