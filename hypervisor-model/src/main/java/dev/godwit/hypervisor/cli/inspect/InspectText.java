package dev.godwit.hypervisor.cli.inspect;

import dev.godwit.hypervisor.cli.Figures;
import dev.godwit.hypervisor.cli.TextTable;
import dev.godwit.trace.ContentSample;
import dev.godwit.trace.GarbageCollection;
import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.HintEvent;
import dev.godwit.trace.JvmFacts;
import dev.godwit.trace.MachineMemory;
import dev.godwit.trace.MemoryKind;
import dev.godwit.trace.SpaceKind;
import dev.godwit.trace.TraceEnd;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Map;

/** A trace summed up, for people. */
public final class InspectText {
    private final TraceSummary summary;
    private final JvmFacts facts;
    private final List<String> lines = new ArrayList<>();

    private InspectText(TraceSummary summary) {
        this.summary = summary;
        this.facts = summary.facts();
    }

    /** The lines to print. */
    public static List<String> lines(TraceSummary summary) {
        InspectText text = new InspectText(summary);
        text.recording();
        text.machine();
        text.heap();
        text.dirtyPages();
        text.collections();
        text.hints();
        text.contents();
        text.noticesAndLosses();
        return List.copyOf(text.lines);
    }

    private void recording() {
        String program = facts.mainClass().isEmpty() ? "program unknown" : facts.mainClass();
        String eden = facts.edenTracked() ? "" : ", Eden left out: derived from how far it was filled";
        line(
                "JVM         %s, pid %d, started recording %s",
                program, facts.pid(), Instant.ofEpochMilli(facts.startEpochMillis()));
        line("            %s %s, Java %s", facts.vmName(), facts.vmVersion(), facts.javaVersion());
        line(
                "            arguments: %s",
                facts.jvmArguments().isEmpty() ? "none" : String.join(" ", facts.jvmArguments()));
        line(
                "collector   %s, heap at most %s, %d processors",
                facts.collector().displayName(), Figures.size(facts.heapMaxBytes()), facts.processors());
        line(
                "tracked by  %s, every %s, pages of %d bytes%s",
                facts.tracker().displayName(),
                Figures.milliseconds(facts.intervalNanos()),
                facts.pageSizeBytes(),
                eden);
        TraceEnd end = summary.end();
        line("recorded    %s, %d records, %s", Figures.seconds(end.timeNanos()), end.records(), reason(end.reason()));
    }

    private static String reason(TraceEnd.Reason reason) {
        return switch (reason) {
            case COMPLETED -> "complete";
            case PROGRAM_ENDED -> "until the program ended";
            case OUT_OF_SPACE -> "until the disk was full or the trace reached its largest size";
            case FAILED -> "until the recorder failed (see notices)";
        };
    }

    private void machine() {
        if (summary.machine().isEmpty()) {
            return;
        }
        MachineMemory memory = summary.machine().get();
        heading("Memory of the machine: " + Figures.size(memory.totalBytes()));
        TextTable table = new TextTable("", "MiB", "share");
        share(table, "the JVM", memory.jvmResidentBytes(), memory);
        share(table, MemoryKind.KERNEL.label(), memory.kernelBytes(), memory);
        share(table, MemoryKind.PAGE_CACHE.label(), memory.pageCacheBytes(), memory);
        share(table, MemoryKind.OTHER_PROCESSES.label(), memory.otherProcessesBytes(), memory);
        share(table, "free", memory.freeBytes(), memory);
        lines.addAll(table.lines());
    }

    private static void share(TextTable table, String name, long bytes, MachineMemory memory) {
        table.row(name, Figures.mebibytes(bytes), Figures.percent(bytes, memory.totalBytes()));
    }

    private void heap() {
        if (summary.layout().isEmpty()) {
            heading("Heap: no layout was recorded");
            return;
        }
        HeapLayout layout = summary.layout().get();
        heading("Heap at " + Figures.seconds(layout.timeNanos()) + ", after " + layout.epoch() + " collections ("
                + summary.layouts() + " layouts recorded)");
        TextTable table = new TextTable("kind", "spaces", "used MiB", "size MiB");
        for (SpaceKind kind : SpaceKind.values()) {
            int spaces = 0;
            for (int i = 0; i < layout.size(); i++) {
                spaces += layout.kind(i) == kind ? 1 : 0;
            }
            if (spaces > 0) {
                table.row(
                        kind.name().toLowerCase(Locale.ROOT),
                        String.valueOf(spaces),
                        Figures.mebibytes(layout.usedBytes(kind)),
                        Figures.mebibytes(layout.capacityBytes(kind)));
            }
        }
        lines.addAll(table.lines());
        if (layout.size() > 0) {
            long length = layout.end(layout.size() - 1) - layout.bottom(0);
            line(
                    "  map from 0x%x, a letter for %s",
                    layout.bottom(0), Figures.size(HeapPicture.pieceBytes(layout, length)));
            HeapPicture.lines(layout).forEach(row -> lines.add("    |" + row));
            lines.add("  (" + HeapPicture.LEGEND + ")");
        }
    }

    private void dirtyPages() {
        if (summary.intervals().isEmpty()) {
            heading("Written pages: none were recorded");
            return;
        }
        long nanos = summary.trackedNanos();
        heading("Written pages, over " + summary.intervals().size() + " intervals of together " + Figures.seconds(nanos)
                + "; a page counts once an interval");
        TextTable table =
                new TextTable("kind", "there at start MiB", "written MiB/s", "peak MiB/s", "pages/s", "share");
        long all = summary.intervals().stream().mapToLong(Interval::pages).sum();
        long size = facts.pageSizeBytes();
        for (MemoryKind kind : MemoryKind.values()) {
            long pages = summary.writtenPages(kind);
            if (pages == 0 && summary.presentPages(kind) == 0) {
                continue;
            }
            double peak = summary.intervals().stream()
                    .mapToDouble(interval -> Figures.perSecond(interval.pages(kind), interval.nanos()))
                    .max()
                    .orElse(0);
            double rate = Figures.perSecond(pages, nanos);
            table.row(
                    kind.label(),
                    Figures.mebibytes(summary.presentPages(kind) * size),
                    Figures.mebibytes(rate * size),
                    Figures.mebibytes(peak * size),
                    String.format(Locale.ROOT, "%.0f", rate),
                    Figures.percent(pages, all));
        }
        double rate = Figures.perSecond(all, nanos);
        double peak = summary.intervals().stream()
                .mapToDouble(interval -> Figures.perSecond(interval.pages(), interval.nanos()))
                .max()
                .orElse(0);
        table.row(
                "all",
                Figures.mebibytes(presentPages() * size),
                Figures.mebibytes(rate * size),
                Figures.mebibytes(peak * size),
                String.format(Locale.ROOT, "%.0f", rate),
                Figures.percent(all, all));
        lines.addAll(table.lines());
        line("  pages that went away: %d", summary.droppedPages());
    }

    private double presentPages() {
        double sum = 0;
        for (MemoryKind kind : MemoryKind.values()) {
            sum += summary.presentPages(kind);
        }
        return sum;
    }

    private void collections() {
        heading("Collections: " + summary.collections().size());
        if (summary.collections().isEmpty()) {
            return;
        }
        TextTable table =
                new TextTable("type", "count", "requested", "mean ms", "longest ms", "survivors after, mean MiB");
        for (GarbageCollection.Type type : GarbageCollection.Type.values()) {
            List<GarbageCollection> ofType = summary.collections().stream()
                    .filter(collection -> collection.type() == type)
                    .toList();
            if (ofType.isEmpty()) {
                continue;
            }
            LongSummaryStatistics nanos =
                    ofType.stream().mapToLong(GarbageCollection::durationNanos).summaryStatistics();
            double survivors = ofType.stream()
                    .mapToLong(GarbageCollection::survivorAfterBytes)
                    .average()
                    .orElse(0);
            table.row(
                    type.name().toLowerCase(Locale.ROOT),
                    String.valueOf(ofType.size()),
                    String.valueOf(
                            ofType.stream().filter(GarbageCollection::requested).count()),
                    Figures.number(nanos.getAverage() / 1e6),
                    Figures.number(nanos.getMax() / 1e6),
                    Figures.mebibytes(survivors));
        }
        lines.addAll(table.lines());
    }

    private void hints() {
        heading("Hints of the application: " + (summary.hints().isEmpty() ? "none" : ""));
        if (summary.hints().isEmpty()) {
            return;
        }
        TextTable table = new TextTable("name", "said", "times", "together");
        for (Map.Entry<TraceSummary.HintKey, TraceSummary.HintTotal> hint :
                summary.hints().entrySet()) {
            long nanos = hint.getValue().durationNanos();
            table.row(
                    hint.getKey().name(),
                    said(hint.getKey().type()),
                    String.valueOf(hint.getValue().count()),
                    nanos == 0 ? "" : Figures.milliseconds(nanos));
        }
        lines.addAll(table.lines());
    }

    private static String said(HintEvent.Type type) {
        return switch (type) {
            case CRITICAL_OPEN -> "critical section opened";
            case CRITICAL_CLOSE -> "critical section closed";
            case CRITICAL_BRIEF -> "brief critical section";
            case SAFE_POINT -> "safe point";
            case QUIET -> "quiet";
            case BUSY -> "busy";
        };
    }

    private void contents() {
        if (summary.contents().isEmpty()) {
            heading("Contents of pages: none were sampled");
            return;
        }
        heading("Contents of sampled pages; sizes in percent of the raw pages that are not zero");
        TextTable table = new TextTable("kind", "pages", "zero", "changed", "XOR+RLE", "LZ4", "zstd");
        for (ContentSample sample : summary.contents().values()) {
            long filled = (sample.sampledPages() - sample.zeroPages()) * facts.pageSizeBytes();
            table.row(
                    sample.kind().label(),
                    String.valueOf(sample.sampledPages()),
                    Figures.percent(sample.zeroPages(), sample.sampledPages()),
                    String.valueOf(sample.changedPages()),
                    Figures.percent(sample.deltaBytes(), sample.changedPages() * facts.pageSizeBytes()),
                    Figures.percent(sample.lz4Bytes(), filled),
                    Figures.percent(sample.zstdBytes(), filled));
        }
        lines.addAll(table.lines());
    }

    private void noticesAndLosses() {
        heading("Notices: " + (summary.notices().isEmpty() ? "none" : ""));
        summary.notices().forEach(notice -> line("  %s  %s", Figures.seconds(notice.timeNanos()), notice.text()));
        heading("Records lost: " + (summary.losses().isEmpty() ? "none" : ""));
        summary.losses().forEach((type, records) -> line("  %s: %d", type, records));
    }

    private void heading(String text) {
        lines.add("");
        lines.add(text.stripTrailing());
    }

    private void line(String form, Object... values) {
        lines.add(String.format(Locale.ROOT, form, values));
    }
}
