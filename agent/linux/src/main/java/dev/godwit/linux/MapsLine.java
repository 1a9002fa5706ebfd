package dev.godwit.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Parses one line of {@code /proc/PID/maps}:
 *
 * <pre>
 * 7f1c2a000000-7f1c2a021000 rw-p 00000000 fd:01 1234                       /path of the file
 * start       -end          perm offset   device inode                     path, or [name], or nothing
 * </pre>
 */
final class MapsLine {
    private final byte[] bytes;
    private final Map<String, String> interned;
    private int from;
    private int at;
    private int end;

    MapsLine(byte[] bytes, Map<String, String> interned) {
        this.bytes = bytes;
        this.interned = interned;
    }

    /** The mapping; null for one in the kernel's half of the address space, {@code [vsyscall]}. */
    ProcessMaps.Entry parse(int lineStart, int lineEnd) throws IOException {
        from = lineStart;
        at = lineStart;
        end = lineEnd;
        long start = number(16, '-');
        long stop = number(16, ' ');
        String permissions = permissions();
        long offset = number(16, ' ');
        number(16, ':');
        number(16, ' ');
        // Some file systems use all 64 bits of an inode, which may read as negative here.
        long inode = number(10, ' ');
        while (at < end && bytes[at] == ' ') {
            at++;
        }
        String path = intern(new String(bytes, at, end - at, StandardCharsets.UTF_8));
        if (start < 0 && stop < 0) {
            return null;
        }
        if (start < 0 || stop <= start || offset < 0) {
            throw refuse("range or offset out of bounds");
        }
        return new ProcessMaps.Entry(start, stop, permissions, offset, inode, path);
    }

    /** Reads digits up to a separator; a number at the end of the line needs none. */
    private long number(int radix, char separator) throws IOException {
        long value = 0;
        int digits = 0;
        while (at < end && bytes[at] != separator) {
            int digit = Character.digit(bytes[at], radix);
            if (digit < 0 || ++digits > (radix == 16 ? 16 : 20)) {
                throw refuse("no number in base " + radix);
            }
            value = value * radix + digit;
            at++;
        }
        if (digits == 0 || (at == end && radix == 16)) {
            throw refuse("number or '" + separator + "' is missing");
        }
        at = Math.min(at + 1, end);
        return value;
    }

    private String permissions() throws IOException {
        boolean whole = at + 5 <= end && bytes[at + 4] == ' ';
        if (!whole || !oneOf(0, "r-") || !oneOf(1, "w-") || !oneOf(2, "x-") || !oneOf(3, "ps")) {
            throw refuse("permissions are not like rw-p");
        }
        String permissions = intern(new String(bytes, at, 4, StandardCharsets.US_ASCII));
        at += 5;
        return permissions;
    }

    private boolean oneOf(int position, String letters) {
        return letters.indexOf(bytes[at + position]) >= 0;
    }

    /** A JVM has hundreds of mappings but few paths. */
    private String intern(String text) {
        String known = interned.putIfAbsent(text, text);
        return known == null ? text : known;
    }

    private IOException refuse(String why) {
        int shown = Math.min(end - from, 120);
        return new IOException(
                "not a line of /proc/PID/maps, " + why + ": " + new String(bytes, from, shown, StandardCharsets.UTF_8));
    }
}
