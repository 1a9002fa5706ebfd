package dev.godwit.agent.heap;

/** Opens a heap that cannot be read, uses all of the probe, and prints its limitation. */
public final class LimitationMain {
    private LimitationMain() {}

    public static void main(String[] arguments) {
        HeapProbe probe = HeapProbes.open(TestAgent.instrumentation());
        long epoch = probe.epoch();
        System.gc();
        AgreementMain.require(probe.epoch() >= epoch, "the epoch went back");
        AgreementMain.require(!probe.hasLayout() && !probe.isCollecting(), "a layout is claimed");
        VmRanges ranges = probe.ranges();
        AgreementMain.require(
                !ranges.heap().isEmpty()
                        && !ranges.codeCache().isEmpty()
                        && !ranges.metaspace().isEmpty()
                        && !ranges.stacks().isEmpty(),
                "ranges are missing: " + ranges);
        try {
            probe.read(0);
            throw new AssertionError("a layout was read");
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
        }
    }
}
