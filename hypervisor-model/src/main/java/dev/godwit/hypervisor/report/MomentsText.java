package dev.godwit.hypervisor.report;

import dev.godwit.hypervisor.migration.Moments;
import java.util.Locale;

/** When a migration began and paused, in sentences. */
final class MomentsText {
    private MomentsText() {}

    /** Sentences with a line feed behind each; nothing of a migration that chose nothing and hit nothing. */
    static String of(String name, Moments moments) {
        StringBuilder text = new StringBuilder();
        moments.start().ifPresent(choice -> choice(text, name + " began", choice));
        moments.pause().ifPresent(choice -> choice(text, name + " paused its guest", choice));
        moments.hit().filter(hit -> hit.sections() > 0).ifPresent(hit -> text.append(hit(name, hit)));
        return text.toString();
    }

    private static void choice(StringBuilder text, String what, Moments.Choice choice) {
        if (choice.forced()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%s by force when %s had been waited: %s.\n",
                    what,
                    time(choice.waitedNanos()),
                    choice.reason()));
        } else if (!choice.waitedFor().isEmpty()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%s after a wait of %s (%s): %s.\n",
                    what,
                    time(choice.waitedNanos()),
                    choice.waitedFor(),
                    choice.reason()));
        }
    }

    private static String hit(String name, Moments.Hit hit) {
        String sections = hit.sections() == 1 ? "a critical section" : hit.sections() + " critical sections";
        String names = hit.names().isEmpty() ? "" : " (" + String.join(", ", hit.names()) + ")";
        return String.format(
                Locale.ROOT,
                "%s paused its guest inside %s%s, %sopen for %s.\n",
                name,
                sections,
                names,
                // Where they overlap nobody knows of each since when it is.
                hit.sections() == 1 ? "" : "one or another of them ",
                time(hit.oldestNanos()));
    }

    private static String time(long nanos) {
        return nanos < 1_000_000_000
                ? String.format(Locale.ROOT, "%.1f ms", nanos / 1e6)
                : String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }
}
