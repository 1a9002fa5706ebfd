package dev.godwit.hypervisor.cli.inspect;

import dev.godwit.trace.HeapLayout;
import dev.godwit.trace.SpaceKind;
import java.util.ArrayList;
import java.util.List;

/** The heap as a few lines of letters, one for each equal piece of its address range: what most of the piece is. */
final class HeapPicture {
    static final String LEGEND =
            "E eden, S survivor, O old, H humongous, A archive, . free, blank: not in use by the heap";

    private static final int COLUMNS = 64;
    private static final int MOST_ROWS = 8;

    private HeapPicture() {}

    /** Lines of at most 64 letters. */
    static List<String> lines(HeapLayout layout) {
        if (layout.size() == 0) {
            return List.of();
        }
        long bottom = layout.bottom(0);
        long length = layout.end(layout.size() - 1) - bottom;
        long piece = pieceBytes(layout, length);
        int pieces = Math.toIntExact((length + piece - 1) / piece);
        long[][] bytes = new long[pieces][1 + SpaceKind.values().length];
        for (int i = 0; i < layout.size(); i++) {
            spread(layout.bottom(i) - bottom, layout.end(i) - bottom, layout.kind(i), piece, bytes);
        }
        StringBuilder letters = new StringBuilder();
        for (long[] byKind : bytes) {
            letters.append(letter(byKind));
        }
        List<String> lines = new ArrayList<>();
        for (int from = 0; from < pieces; from += COLUMNS) {
            lines.add(letters.substring(from, Math.min(from + COLUMNS, pieces)).stripTrailing());
        }
        return lines;
    }

    /** Bytes that one letter stands for: a region if all fit, else as many as make the lines fit. */
    static long pieceBytes(HeapLayout layout, long length) {
        long smallest = Long.MAX_VALUE;
        for (int i = 0; i < layout.size(); i++) {
            long size = layout.end(i) - layout.bottom(i);
            smallest = size > 0 ? Math.min(smallest, size) : smallest;
        }
        long fitting = Math.max(1, (length + (long) COLUMNS * MOST_ROWS - 1) / (COLUMNS * MOST_ROWS));
        return smallest == Long.MAX_VALUE ? fitting : Math.max(smallest, fitting);
    }

    private static void spread(long from, long to, SpaceKind kind, long piece, long[][] bytes) {
        for (long at = from; at < to; ) {
            int index = (int) (at / piece);
            long until = Math.min(to, (index + 1) * piece);
            bytes[index][kind.code()] += until - at;
            at = until;
        }
    }

    private static char letter(long[] byKind) {
        SpaceKind most = null;
        for (SpaceKind kind : SpaceKind.values()) {
            if (byKind[kind.code()] > (most == null ? 0 : byKind[most.code()])) {
                most = kind;
            }
        }
        return most == null ? ' ' : letter(most);
    }

    private static char letter(SpaceKind kind) {
        return switch (kind) {
            case EDEN -> 'E';
            case SURVIVOR -> 'S';
            case OLD -> 'O';
            case HUMONGOUS -> 'H';
            case ARCHIVE -> 'A';
            case FREE -> '.';
        };
    }
}
