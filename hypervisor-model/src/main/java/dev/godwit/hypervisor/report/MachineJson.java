package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.migration.AheadWork;
import dev.godwit.hypervisor.migration.PageWork;
import dev.godwit.hypervisor.migration.compare.RehearsingMachine;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What was known of a rehearsal's machine before it began, as JSON: {@code godwit.machine}. Times are of processors. */
final class MachineJson {
    private MachineJson() {}

    static void write(ObjectNode json, RehearsingMachine machine) {
        PageWork work = machine.work();
        json.put("processors", machine.processors());
        json.put("destination-here", machine.destinationHere());
        json.put("program-processors", ComparisonJson.rounded(machine.programProcessors()));
        json.put("program-wants", ComparisonJson.rounded(machine.programWants()));
        json.put("page-send-nanos", Math.round(work.sendNanos()));
        json.put("page-receive-nanos", Math.round(work.firstNanos()));
        json.put("page-receive-again-nanos", Math.round(work.againNanos()));
        json.put("cold-page-receive-nanos", Math.round(work.coldNanos()));
        json.put("cold-pages", work.coldPages());
        json.put("destination-compiling-time", ComparisonJson.millis(Math.round(work.compilingNanos())));
        work.ahead().ifPresent(ahead -> writeAhead(json.putObject("running-ahead"), ahead));
    }

    private static void writeAhead(ObjectNode json, AheadWork ahead) {
        json.put("page-send-nanos", Math.round(ahead.sendNanos()));
        json.put("page-host-nanos", Math.round(ahead.hostNanos()));
        json.put("page-take-nanos", Math.round(ahead.takeNanos()));
        json.put("page-place-nanos", Math.round(ahead.placeNanos()));
        json.put("hand-over-time", ComparisonJson.millis(Math.round(ahead.handOverNanos())));
    }

    /**
     * Reads it from a file, which is not trusted.
     *
     * @throws IllegalArgumentException if a figure is out of its range; one line
     */
    static Optional<RehearsingMachine> read(JsonNode json) {
        if (!json.isObject()) {
            return Optional.empty();
        }
        return Optional.of(new RehearsingMachine(
                json.path("processors").asDouble(0),
                json.path("destination-here").asBoolean(false),
                json.path("program-processors").asDouble(0),
                json.path("program-wants").asDouble(0),
                new PageWork(
                        json.path("page-send-nanos").asDouble(0),
                        json.path("cold-pages").asLong(0),
                        json.path("cold-page-receive-nanos").asDouble(0),
                        json.path("page-receive-nanos").asDouble(0),
                        json.path("page-receive-again-nanos").asDouble(0),
                        json.path("destination-compiling-time").asDouble(0) * 1e6,
                        readAhead(json.path("running-ahead")))));
    }

    private static Optional<AheadWork> readAhead(JsonNode json) {
        if (!json.isObject()) {
            return Optional.empty();
        }
        return Optional.of(new AheadWork(
                json.path("page-send-nanos").asDouble(0),
                json.path("page-host-nanos").asDouble(0),
                json.path("page-take-nanos").asDouble(0),
                json.path("page-place-nanos").asDouble(0),
                json.path("hand-over-time").asDouble(0) * 1e6));
    }
}
