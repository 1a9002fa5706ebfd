package dev.godwit.agent.advice;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/**
 * Finds texts among the constants of a class file, in one pass and without an object: runs for each class that an
 * application loads.
 */
final class ClassFileMarks {
    private static final int UTF8 = 1;

    /** Bytes behind the tag of a constant, by tag (JVMS table 4.4-B); minus one: no such tag. */
    private static final int[] SIZES = {-1, 0, -1, 4, 4, 8, 8, 2, 2, 4, 4, 4, 4, -1, -1, 3, 2, 4, 4, 2, 2};

    private final byte[][] marks;
    private final boolean[] lengths;

    ClassFileMarks(Collection<String> texts) {
        marks = texts.stream()
                .map(text -> text.getBytes(StandardCharsets.US_ASCII))
                .toArray(byte[][]::new);
        int longest = Arrays.stream(marks).mapToInt(mark -> mark.length).max().orElse(0);
        lengths = new boolean[longest + 1];
        for (byte[] mark : marks) {
            lengths[mark.length] = true;
        }
    }

    /** True if one of the texts is a constant of the class file; false too for what is not a class file. */
    boolean areIn(byte[] classFile) {
        int count = classFile.length < 10 ? 0 : unsignedShort(classFile, 8);
        int at = 10;
        for (int i = 1; i < count; i++) {
            int tag = at < classFile.length ? classFile[at] : -1;
            if (tag < 0 || tag >= SIZES.length || SIZES[tag] < 0 || at + 3 > classFile.length) {
                return false;
            }
            int length = tag == UTF8 ? unsignedShort(classFile, at + 1) : 0;
            if (tag == UTF8 && isMark(classFile, at + 3, length)) {
                return true;
            }
            at += tag == UTF8 ? 3 + length : 1 + SIZES[tag];
            // A long or a double takes two numbers.
            i += SIZES[tag] == 8 ? 1 : 0;
        }
        return false;
    }

    private boolean isMark(byte[] classFile, int from, int length) {
        if (length >= lengths.length || !lengths[length] || from + length > classFile.length) {
            return false;
        }
        for (byte[] mark : marks) {
            if (mark.length == length && Arrays.equals(mark, 0, length, classFile, from, from + length)) {
                return true;
            }
        }
        return false;
    }

    private static int unsignedShort(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }
}
