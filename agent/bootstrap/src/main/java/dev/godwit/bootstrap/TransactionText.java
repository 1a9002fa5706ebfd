package dev.godwit.bootstrap;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a statement's text says about transactions. Nearly every statement is told from its first letters; only what
 * begins like {@code BEGIN}, {@code START}, {@code COMMIT}, {@code ROLLBACK}, {@code END} or {@code ABORT} is looked at
 * further. Comments are not looked through, and of several statements in one text nothing is said.
 */
enum TransactionText {
    /** Nothing. */
    NONE,
    /** A transaction begins. */
    BEGIN,
    /** It ends. */
    END,
    /** It ends, and another begins. */
    END_AND_CHAIN;

    private static final int LONGEST = 100;

    /** What may follow {@code BEGIN}; anything else is a block of a procedural language. */
    private static final Set<String> BEGIN_WHAT =
            Set.of("WORK", "TRANSACTION", "TRAN", "ISOLATION", "READ", "NOT", "DEFERRED", "IMMEDIATE", "EXCLUSIVE");

    /** Savepoints, and the second half of a two-phase commit. */
    private static final Set<String> OF_ANOTHER_KIND = Set.of("TO", "PREPARED", "FORCE");

    static TransactionText of(String sql) {
        int length = sql == null ? 0 : sql.length();
        int at = 0;
        while (at < length && sql.charAt(at) <= ' ') {
            at++;
        }
        return at < length && mayConcern(sql, at) ? ofWords(sql.substring(at)) : NONE;
    }

    private static boolean mayConcern(String sql, int at) {
        return switch (sql.charAt(at)) {
            case 'b', 'B' -> begins(sql, at, "BEGIN");
            case 's', 'S' -> begins(sql, at, "START");
            case 'c', 'C' -> begins(sql, at, "COMMIT");
            case 'r', 'R' -> begins(sql, at, "ROLLBACK");
            case 'e', 'E' -> begins(sql, at, "END");
            case 'a', 'A' -> begins(sql, at, "ABORT");
            default -> false;
        };
    }

    private static boolean begins(String sql, int at, String word) {
        return sql.regionMatches(true, at, word, 0, word.length());
    }

    private static TransactionText ofWords(String sql) {
        if (sql.length() > LONGEST) {
            return NONE;
        }
        String one = sql.strip();
        one = one.endsWith(";") ? one.substring(0, one.length() - 1) : one;
        if (one.indexOf(';') >= 0) {
            return NONE;
        }
        List<String> words = Arrays.asList(one.strip().toUpperCase(Locale.ROOT).split("\\s+"));
        String second = words.size() > 1 ? words.get(1) : "";
        return switch (words.get(0)) {
            case "BEGIN" -> second.isEmpty() || BEGIN_WHAT.contains(second) ? BEGIN : NONE;
            case "START" -> second.equals("TRANSACTION") ? BEGIN : NONE;
            case "END" -> second.isEmpty() || BEGIN_WHAT.contains(second) ? end(words) : NONE;
            case "COMMIT", "ROLLBACK", "ABORT" -> end(words);
            default -> NONE;
        };
    }

    private static TransactionText end(List<String> words) {
        for (String word : words) {
            if (OF_ANOTHER_KIND.contains(word)) {
                return NONE;
            }
        }
        int chain = words.indexOf("CHAIN");
        return chain > 0 && !words.get(chain - 1).equals("NO") ? END_AND_CHAIN : END;
    }
}
