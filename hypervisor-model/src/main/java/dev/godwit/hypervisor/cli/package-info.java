/**
 * The command line: {@code record}, {@code inspect}, {@code compare}, {@code demo}.
 *
 * <p>A command says what it does on standard output and what went wrong in one line on standard error; how it ended is
 * its {@link dev.godwit.hypervisor.cli.ExitCode}. What it could not finish it removes.
 */
package dev.godwit.hypervisor.cli;
