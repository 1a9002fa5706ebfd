package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.machine.TimeSpent;
import dev.godwit.hypervisor.migration.CpuStatistics;
import dev.godwit.hypervisor.migration.CpuStatistics.VmWork;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a migration took of the processors as JSON: {@code {"source-time":…,"destination-time":…,"work-lost":{…},
 * "neighbours":[{…},{…}]}}, times in milliseconds. The causes of lost work add up to its {@code total}.
 */
final class CpuJson {
    private CpuJson() {}

    static void write(ObjectNode json, CpuStatistics cpu) {
        json.put("source-time", millis(cpu.sourceNanos()));
        json.put("destination-time", millis(cpu.destinationNanos()));
        lost(json.putObject("work-lost"), cpu.guest());
        ArrayNode neighbours = json.putArray("neighbours");
        for (VmWork neighbour : cpu.neighbours()) {
            ObjectNode one = neighbours.addObject();
            one.put("vm", neighbour.name());
            lost(one.putObject("work-lost"), neighbour);
        }
    }

    private static void lost(ObjectNode json, VmWork work) {
        TimeSpent spent = work.spent();
        json.put("total", millis(work.lostNanos()));
        json.put("paused", millis(work.pausedNanos()));
        json.put("page-faults", millis(spent.pageFaultNanos()));
        json.put("throttled", millis(spent.throttledNanos()));
        json.put("stolen-by-migration", millis(spent.stolenByHypervisorNanos()));
        json.put("stolen-by-other-vms", millis(spent.stolenByVmsNanos()));
        Map<String, Long> overhead = new TreeMap<>();
        spent.overheadNanos().forEach((cause, nanos) -> overhead.put(cause.label(), nanos));
        ObjectNode hypervisor = json.putObject("hypervisor");
        overhead.forEach((cause, nanos) -> hypervisor.put(cause, millis(nanos)));
    }

    private static double millis(long nanos) {
        return Math.round(ComparisonReport.millis(nanos) * 1000) / 1000.0;
    }
}
