/** What is in a trace: summed up in one pass, then shown as text or as JSON. */
package dev.godwit.hypervisor.cli.inspect;
