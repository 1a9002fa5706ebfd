/**
 * The few classes that instrumented application code may touch. The agent defines them in the boot class loader, so
 * that every class loader of the application sees the same ones. They know nothing but the JDK, hold no reference to an
 * object of the application but its strings and, weakly, its threads, database connections and requests, and never wait for the
 * agent.
 */
package dev.godwit.bootstrap;
