package dev.godwit.agent.it.programs;

import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.logging.LogManager;
import javax.servlet.AsyncContext;
import javax.servlet.DispatcherType;
import javax.servlet.FilterChain;
import javax.servlet.ServletException;
import javax.servlet.ServletRequest;
import javax.servlet.ServletResponse;
import javax.servlet.http.HttpFilter;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** A filter and a servlet of the name space {@code javax.servlet}, on Tomcat 9. */
final class JavaxApplication {
    private JavaxApplication() {}

    /** Starts the server on a port of its own choice, below {@code /javax}. */
    @SuppressWarnings("deprecation") // For use by the container, and by those who embed it.
    static Tomcat start() throws LifecycleException {
        // It would log the failures that are asked for.
        LogManager.getLogManager().reset();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir") + File.separator + "tomcat");
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(0);
        tomcat.getConnector();
        Context context = tomcat.addContext("/javax", System.getProperty("java.io.tmpdir"));
        Tomcat.addServlet(context, "servlet", new Servlet()).setAsyncSupported(true);
        context.addServletMappingDecoded("/*", "servlet");
        FilterDef filter = new FilterDef();
        filter.setFilterName("filter");
        filter.setFilter(new Filter());
        filter.setAsyncSupported("true");
        context.addFilterDef(filter);
        FilterMap mapping = new FilterMap();
        mapping.setFilterName("filter");
        mapping.addURLPattern("/*");
        context.addFilterMap(mapping);
        tomcat.start();
        return tomcat;
    }

    private static final class Filter extends HttpFilter {
        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
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
