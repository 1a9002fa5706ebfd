/**
 * What the agent puts into methods of the application, by Byte Buddy. Each class that ends in {@code Advice} is one
 * piece: its code is copied into the method, touches nothing but {@link dev.godwit.bootstrap}, and swallows whatever
 * goes wrong.
 *
 * <p>{@link HintInstrumentation} connects the hint API; {@link LibraryHints} recognises the work of libraries, each
 * kind in a file of its own: database transactions, distributed ones, requests of servlet containers and of the JDK's
 * web server, tasks of executors.
 */
package dev.godwit.agent.advice;
