package dev.godwit.hypervisor.cli.inspect;

import dev.godwit.trace.ContentSample;
import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.JvmFacts;
import dev.godwit.trace.MachineMemory;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.SpaceKind;
import java.util.Locale;
import java.util.function.ToLongFunction;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A trace summed up, for programs. Names are lower case with hyphens; a unit ends a name. */
public final class InspectJson {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final TraceSummary summary;
    private final ObjectNode root = MAPPER.createObjectNode();

    private InspectJson(TraceSummary summary) {
        this.summary = summary;
    }

    /** One object, indented. */
    public static String text(TraceSummary summary) {
        InspectJson json = new InspectJson(summary);
        json.jvm();
        json.recording();
        summary.machine().ifPresent(json::machine);
        summary.layout().ifPresent(json::heap);
        json.pages();
        json.collections();
        json.hints();
        json.contents();
        json.noticesAndLosses();
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json.root);
    }

    private void jvm() {
        JvmFacts facts = summary.facts();
        ObjectNode jvm = root.putObject("jvm");
        jvm.put("pid", facts.pid())
                .put("main-class", facts.mainClass())
                .put("vm-name", facts.vmName())
                .put("vm-version", facts.vmVersion())
                .put("java-version", facts.javaVersion())
                .put("collector", facts.collector().displayName())
                .put("heap-max-bytes", facts.heapMaxBytes())
                .put("processors", facts.processors());
        ArrayNode arguments = jvm.putArray("arguments");
        facts.jvmArguments().forEach(arguments::add);
    }

    private void recording() {
        JvmFacts facts = summary.facts();
        root.putObject("recording")
                .put("start-epoch-ms", facts.startEpochMillis())
                .put("duration-ns", summary.end().timeNanos())
                .put("records", summary.end().records())
                .put("end", lower(summary.end().reason()))
                .put("tracker", facts.tracker().displayName())
                .put("eden-tracked", facts.edenTracked())
                .put("interval-ns", facts.intervalNanos())
                .put("page-size-bytes", facts.pageSizeBytes());
    }

    private void machine(MachineMemory memory) {
        root.putObject("machine")
                .put("total-bytes", memory.totalBytes())
                .put("jvm-resident-bytes", memory.jvmResidentBytes())
                .put("kernel-bytes", memory.kernelBytes())
                .put("page-cache-bytes", memory.pageCacheBytes())
                .put("other-processes-bytes", memory.otherProcessesBytes())
                .put("free-bytes", memory.freeBytes());
    }

    private void heap(HeapLayout layout) {
        ObjectNode heap = root.putObject("heap")
                .put("time-ns", layout.timeNanos())
                .put("epoch", layout.epoch())
                .put("layouts", summary.layouts())
                .put("spaces", layout.size());
        ObjectNode kinds = heap.putObject("by-kind");
        for (SpaceKind kind : SpaceKind.values()) {
            int spaces = 0;
            for (int i = 0; i < layout.size(); i++) {
                spaces += layout.kind(i) == kind ? 1 : 0;
            }
            kinds.putObject(lower(kind))
                    .put("spaces", spaces)
                    .put("used-bytes", layout.usedBytes(kind))
                    .put("size-bytes", layout.capacityBytes(kind));
        }
        ArrayNode map = heap.putArray("map");
        HeapPicture.lines(layout).forEach(map::add);
    }

    private void pages() {
        ObjectNode pages = root.putObject("pages")
                .put("tracked-ns", summary.trackedNanos())
                .put("dropped", summary.droppedPages());
        byKind(pages.putObject("present-at-start"), summary::presentPages);
        byKind(pages.putObject("written"), summary::writtenPages);
        ArrayNode intervals = pages.putArray("intervals");
        for (Interval interval : summary.intervals()) {
            ObjectNode node = intervals
                    .addObject()
                    .put("from-ns", interval.fromNanos())
                    .put("to-ns", interval.toNanos())
                    .put("assumed", interval.assumedPages());
            byKind(node.putObject("written"), interval::pages);
        }
    }

    private static void byKind(ObjectNode node, ToLongFunction<MemoryKind> pages) {
        for (MemoryKind kind : MemoryKind.values()) {
            long count = pages.applyAsLong(kind);
            if (count != 0) {
                node.put(kind.label(), count);
            }
        }
    }

    private void collections() {
        ArrayNode collections = root.putArray("collections");
        for (GarbageCollection collection : summary.collections()) {
            collections
                    .addObject()
                    .put("time-ns", collection.timeNanos())
                    .put("duration-ns", collection.durationNanos())
                    .put("epoch", collection.epoch())
                    .put("type", lower(collection.type()))
                    .put("collector", collection.collectorName())
                    .put("action", collection.action())
                    .put("cause", collection.cause())
                    .put("requested", collection.requested())
                    .put("eden-before-bytes", collection.edenBeforeBytes())
                    .put("survivor-before-bytes", collection.survivorBeforeBytes())
                    .put("survivor-after-bytes", collection.survivorAfterBytes())
                    .put("old-before-bytes", collection.oldBeforeBytes())
                    .put("old-after-bytes", collection.oldAfterBytes());
        }
    }

    private void hints() {
        ArrayNode hints = root.putArray("hints");
        summary.hints()
                .forEach((key, total) -> hints.addObject()
                        .put("name", key.name())
                        .put("type", lower(key.type()))
                        .put("count", total.count())
                        .put("duration-ns", total.durationNanos()));
    }

    private void contents() {
        ObjectNode contents = root.putObject("contents");
        for (ContentSample sample : summary.contents().values()) {
            contents.putObject(sample.kind().label())
                    .put("sampled-pages", sample.sampledPages())
                    .put("zero-pages", sample.zeroPages())
                    .put("changed-pages", sample.changedPages())
                    .put("delta-bytes", sample.deltaBytes())
                    .put("lz4-bytes", sample.lz4Bytes())
                    .put("zstd-bytes", sample.zstdBytes());
        }
    }

    private void noticesAndLosses() {
        ArrayNode notices = root.putArray("notices");
        summary.notices()
                .forEach(notice ->
                        notices.addObject().put("time-ns", notice.timeNanos()).put("text", notice.text()));
        ObjectNode losses = root.putObject("losses");
        summary.losses().forEach(losses::put);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
