package dev.godwit.hypervisor.migration;

import dev.godwit.hypervisor.guest.GuestMoment;
import dev.godwit.hypervisor.hint.Verdict;
import java.util.List;
import java.util.Optional;

/** When a migration began and when it paused its guest, why then, and what of the application's the pause hit. */
public final class Moments {
    private Optional<Choice> start = Optional.empty();
    private Optional<Choice> pause = Optional.empty();
    private Optional<Hit> hit = Optional.empty();
    private Optional<String> notCollected = Optional.empty();

    /**
     * A moment that was waited for.
     *
     * @param waitedNanos how long
     * @param forced true if patience ended before a good moment came
     * @param reason why this moment; if it was forced, what it was not good for
     * @param waitedFor what was waited for at first; empty if nothing
     */
    public record Choice(long waitedNanos, boolean forced, String reason, String waitedFor) {
        static Choice of(long waitedNanos, Verdict verdict, String waitedFor) {
            return new Choice(waitedNanos, verdict.kind() == Verdict.Kind.FORCED, verdict.reason(), waitedFor);
        }
    }

    /**
     * What stood still in the pause.
     *
     * @param sections critical sections that were open
     * @param names their names, as far as they are known
     * @param oldestNanos how long the oldest had been open
     */
    public record Hit(int sections, List<String> names, long oldestNanos) {
        public Hit {
            names = List.copyOf(names);
        }
    }

    /** When it began; empty if nobody chose. */
    public Optional<Choice> start() {
        return start;
    }

    public void started(Choice choice) {
        start = Optional.of(choice);
    }

    /** When the guest was paused; empty if nobody chose, or it was not. */
    public Optional<Choice> pause() {
        return pause;
    }

    /** The guest is paused now. */
    public void paused(Choice choice) {
        pause = Optional.of(choice);
    }

    /** What the pause hit; empty if that is not known, or there was none. */
    public Optional<Hit> hit() {
        return hit;
    }

    /** The application was stopped at this moment, for the pause. */
    public void stoppedAt(GuestMoment moment) {
        hit = Optional.of(new Hit(moment.openSections(), moment.sectionNames(), moment.oldestSectionNanos()));
    }

    /** Why no young collection was asked for though there was one to be had; empty if it was, or there was none. */
    public Optional<String> notCollected() {
        return notCollected;
    }

    /** The young generation is sent as it is. */
    public void notCollected(String reason) {
        notCollected = Optional.of(reason);
    }

    /** A collection is made after all. */
    public void collected() {
        notCollected = Optional.empty();
    }
}
