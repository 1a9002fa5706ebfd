package dev.godwit.agent.heap;

import dev.godwit.trace.Collector;
import java.util.HashMap;
import java.util.Map;

/** The flags of the VM ({@code JVMFlag::flags}): where the value of each is. */
final class VmFlags {
    /** JDK 17 has about 1,700. */
    private static final int MAX_FLAGS = 10_000;

    private final Map<String, Long> addresses;
    private final SafeMemory memory;

    private VmFlags(Map<String, Long> addresses, SafeMemory memory) {
        this.addresses = addresses;
        this.memory = memory;
    }

    /**
     * Reads where the flags are.
     *
     * @throws UnreadableVmException if the VM does not describe its flags
     */
    static VmFlags read(VmStructs structs, SafeMemory memory) {
        long nameOffset = structs.offset("JVMFlag", "_name");
        long addressOffset = structs.offset("JVMFlag", "_addr");
        long stride = structs.typeSize("JVMFlag");
        long count = memory.getLong(structs.staticAddress("JVMFlag", "numFlags"));
        long flag = memory.getLong(structs.staticAddress("JVMFlag", "flags"));
        if (count < 0 || count > MAX_FLAGS || stride < 16 || stride > 256) {
            throw new UnreadableVmException("JVMFlag::numFlags is " + count + ", of " + stride + " bytes each");
        }
        PagedMemory paged = new PagedMemory(memory);
        Map<String, Long> addresses = new HashMap<>();
        for (int i = 0; i < count; i++, flag += stride) {
            long name = paged.getLong(flag + nameOffset);
            if (name != 0) {
                addresses.put(paged.string(name), paged.getLong(flag + addressOffset));
            }
        }
        return new VmFlags(addresses, memory);
    }

    /** True if there is a boolean flag of this name and it is set. */
    boolean isSet(String flag) {
        return addresses.containsKey(flag) && memory.getByte(addresses.get(flag)) == 1;
    }

    /** The collector that the VM was started with. */
    Collector collector() {
        if (isSet("UseG1GC")) {
            return Collector.G1;
        }
        if (isSet("UseParallelGC")) {
            return Collector.PARALLEL;
        }
        return isSet("UseSerialGC") ? Collector.SERIAL : Collector.OTHER;
    }

    /**
     * Address of the byte that holds a boolean flag.
     *
     * @throws UnreadableVmException if there is no such flag, or what is there is no boolean
     */
    long booleanAddress(String flag) {
        Long address = addresses.get(flag);
        if (address == null) {
            throw new UnreadableVmException("this JVM has no flag " + flag);
        }
        byte value = memory.getByte(address);
        if (value != 0 && value != 1) {
            throw new UnreadableVmException("the flag " + flag + " has the value " + value);
        }
        return address;
    }
}
