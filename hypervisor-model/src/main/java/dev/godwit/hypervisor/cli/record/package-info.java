/** Recording a trace: of a program that is started for it, or of a JVM that runs already. */
package dev.godwit.hypervisor.cli.record;
