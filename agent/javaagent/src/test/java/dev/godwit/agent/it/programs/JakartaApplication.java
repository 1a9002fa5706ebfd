package dev.godwit.agent.it.programs;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;

/** A filter and a servlet of the name space {@code jakarta.servlet}, on Jetty. */
final class JakartaApplication {
    private JakartaApplication() {}

    static ServletContextHandler handler() {
        ServletContextHandler context = new ServletContextHandler("/jakarta");
        ServletHolder holder = new ServletHolder(new Servlet());
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/*");
        FilterHolder filter = new FilterHolder(new Filter());
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
        return context;
    }

    private static final class Filter extends HttpFilter {
        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            chain.doFilter(request, response);
        }
    }

    private static final class Servlet extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String query = String.valueOf(request.getQueryString());
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                response.getWriter().print(request.getAttribute("open"));
                return;
            }
            if (!List.of("complete", "dispatch", "timeout").contains(query)) {
                response.getWriter().print(ServerChecks.inside(request.getQueryString()));
                return;
            }
            AsyncContext async = request.startAsync();
            async.setTimeout(query.equals("timeout") ? ServerChecks.ASYNC_TIMEOUT_MILLIS : 0);
            if (query.equals("complete")) {
                ServerChecks.goOn(open -> {
                    async.getResponse().getWriter().print(open);
                    async.complete();
                });
            } else if (query.equals("dispatch")) {
                ServerChecks.goOn(open -> {
                    request.setAttribute("open", open);
                    async.dispatch();
                });
            }
        }
    }
}
