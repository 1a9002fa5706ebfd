package dev.godwit.agent.heap;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Forces young collections, counts them by the management beans, prints nothing.
 *
 * <p>Arguments: {@code agent} to open through the agent, {@code plain} to open without; file for the result, one line
 * {@code method young full}.
 */
public final class YoungCollectionMain {
    private static final int COLLECTIONS = 5;

    private YoungCollectionMain() {}

    public static void main(String[] arguments) throws Exception {
        boolean agent = arguments[0].equals("agent");
        HeapProbe probe = HeapProbes.open(TestAgent.instrumentation());
        YoungCollection collection =
                agent ? YoungCollection.open(TestAgent.instrumentation(), probe) : new EdenFilling(probe);
        // A second agent in the same JVM finds the class of the first.
        YoungCollection again =
                agent ? YoungCollection.open(TestAgent.instrumentation(), probe) : new EdenFilling(probe);
        long young = count(true);
        long full = count(false);
        for (int i = 0; i < COLLECTIONS; i++) {
            collection.collect();
        }
        again.collect();
        young = count(true) - young;
        full = count(false) - full;
        requireFlagsAsBefore();
        Files.writeString(Path.of(arguments[1]), again.method() + " young=" + young + " full=" + full);
    }

    private static void requireFlagsAsBefore() {
        SafeMemory memory = new SafeMemory();
        VmFlags flags = VmFlags.read(VmStructs.read(LibJvm.open(), memory), memory);
        AgreementMain.require(!flags.isSet("WhiteBoxAPI"), "WhiteBoxAPI is left set");
        AgreementMain.require(flags.isSet("DisplayVMOutput"), "DisplayVMOutput is left cleared");
    }

    private static long count(boolean young) {
        long sum = 0;
        for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
            String name = bean.getName();
            boolean isYoung = name.equals("G1 Young Generation") || name.equals("PS Scavenge") || name.equals("Copy");
            sum += isYoung == young && !name.contains("Concurrent") ? bean.getCollectionCount() : 0;
        }
        return sum;
    }
}
