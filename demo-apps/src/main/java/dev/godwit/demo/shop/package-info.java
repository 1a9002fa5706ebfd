/**
 * A small web shop: servlets on Jetty, H2 through JDBC behind a connection pool, and customers who order over HTTP at a
 * steady rate.
 *
 * <p>It says nothing to a hypervisor. That a request or a transaction is under way, the agent has to find out by itself.
 */
package dev.godwit.demo.shop;
