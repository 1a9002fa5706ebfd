package dev.godwit.trace;

import java.util.List;

/**
 * What was recorded, and how. Always the first record of a trace.
 *
 * @param timeNanos zero
 * @param startEpochMillis wall clock at the start of the recording
 * @param pid process id of the recorded JVM
 * @param vmName system property {@code java.vm.name}
 * @param vmVersion system property {@code java.vm.version}
 * @param javaVersion system property {@code java.version}
 * @param mainClass main class or jar of the recorded program, empty when it is not known
 * @param jvmArguments arguments of the JVM, without those of the program
 * @param collector garbage collector in use
 * @param heapMaxBytes largest size of the heap
 * @param processors processors available to the JVM
 * @param pageSizeBytes size of a page, a power of two
 * @param tracker how written pages were found
 * @param edenTracked false when Eden was left out of page tracking: its pages are then derived from the heap layout
 * @param intervalNanos time between two scans for written pages
 */
public record JvmFacts(
        long timeNanos,
        long startEpochMillis,
        long pid,
        String vmName,
        String vmVersion,
        String javaVersion,
        String mainClass,
        List<String> jvmArguments,
        Collector collector,
        long heapMaxBytes,
        int processors,
        int pageSizeBytes,
        PageTracker tracker,
        boolean edenTracked,
        long intervalNanos)
        implements TraceRecord {

    public JvmFacts {
        jvmArguments = List.copyOf(jvmArguments);
    }
}
