/** As much of the servlet API as {@link dev.godwit.bootstrap.RequestHints} looks for, for tests without a container. */
package javax.servlet;
