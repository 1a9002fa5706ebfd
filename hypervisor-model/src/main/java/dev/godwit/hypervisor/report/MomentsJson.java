package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.migration.Moments;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * When a migration began and paused, as JSON: {@code "start":{"waited":12.5,"forced":false,"reason":"…","waited-for":"…"}},
 * {@code "pause":} the same, and {@code "pause-hit":{"critical-sections":1,"names":["settlement"],"open-for":40.0}}. Who was
 * not to choose a moment has none of the first two.
 */
final class MomentsJson {
    private MomentsJson() {}

    static void write(ObjectNode json, Moments moments) {
        moments.start().ifPresent(choice -> choice(json.putObject("start"), choice));
        moments.pause().ifPresent(choice -> choice(json.putObject("pause"), choice));
        moments.hit().ifPresent(hit -> {
            ObjectNode what = json.putObject("pause-hit");
            what.put("critical-sections", hit.sections());
            ArrayNode names = what.putArray("names");
            hit.names().forEach(names::add);
            what.put("open-for", ComparisonJson.millis(hit.oldestNanos()));
        });
        moments.notCollected().ifPresent(why -> json.put("not-collected", why));
    }

    private static void choice(ObjectNode json, Moments.Choice choice) {
        json.put("waited", ComparisonJson.millis(choice.waitedNanos()));
        json.put("forced", choice.forced());
        json.put("reason", choice.reason());
        if (!choice.waitedFor().isEmpty()) {
            json.put("waited-for", choice.waitedFor());
        }
    }
}
