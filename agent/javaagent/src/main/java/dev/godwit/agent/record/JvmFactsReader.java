package dev.godwit.agent.record;

import dev.godwit.linux.PageSize;
import dev.godwit.trace.Collector;
import dev.godwit.trace.JvmFacts;
import dev.godwit.trace.PageTracker;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** Reads what the own JVM is. */
final class JvmFactsReader {

    private JvmFactsReader() {}

    static JvmFacts read(Collector collector, PageTracker tracker, boolean edenTracked, Duration interval) {
        return new JvmFacts(
                0,
                System.currentTimeMillis(),
                ProcessHandle.current().pid(),
                System.getProperty("java.vm.name", ""),
                System.getProperty("java.vm.version", ""),
                System.getProperty("java.version", ""),
                mainClass(),
                ManagementFactory.getRuntimeMXBean().getInputArguments(),
                collector,
                Runtime.getRuntime().maxMemory(),
                Runtime.getRuntime().availableProcessors(),
                PageSize.bytes(),
                tracker,
                edenTracked,
                interval.toNanos());
    }

    /** The arguments of the program follow the first blank: they may be confidential. */
    private static String mainClass() {
        String command = System.getProperty("sun.java.command", "").strip();
        int blank = command.indexOf(' ');
        return blank < 0 ? command : command.substring(0, blank);
    }
}
