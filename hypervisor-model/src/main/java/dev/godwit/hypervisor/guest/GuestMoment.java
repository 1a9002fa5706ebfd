package dev.godwit.hypervisor.guest;

import java.util.List;

/**
 * What an agent says of one moment in its JVM, for those who choose a moment.
 *
 * @param openSections critical sections that are open
 * @param oldestSectionNanos how long the oldest of them has been open
 * @param sectionNames names of the open sections, oldest first, as far as they are known
 * @param quietLeftNanos how long the application expects to stay quiet; 0 if it says nothing
 * @param busyLeftNanos how long the application expects to stay busy; 0 if it says nothing
 * @param edenUsedBytes how far Eden is filled
 * @param edenCapacityBytes what it holds when the JVM collects it; 0 if that is not known
 * @param allocationBytesPerSecond how fast the application allocates; 0 if that is not known
 * @param sinceCollectionNanos time since the last collection ended; {@link #NOT_KNOWN} if there was none
 * @param outsideYoungBytesPerSecond pages written outside the young generation, lately; 0 if that is not known
 * @param usualOutsideYoungBytesPerSecond the same since it has been looked at
 */
public record GuestMoment(
        int openSections,
        long oldestSectionNanos,
        List<String> sectionNames,
        long quietLeftNanos,
        long busyLeftNanos,
        long edenUsedBytes,
        long edenCapacityBytes,
        double allocationBytesPerSecond,
        long sinceCollectionNanos,
        double outsideYoungBytesPerSecond,
        double usualOutsideYoungBytesPerSecond) {
    /** In place of a time that is not known. */
    public static final long NOT_KNOWN = Long.MAX_VALUE;

    /** Of an application that says nothing. */
    public static final GuestMoment SILENT = new GuestMoment(0, 0, List.of(), 0, 0, 0, 0, 0, NOT_KNOWN, 0, 0);

    /** Copies the names. */
    public GuestMoment {
        sectionNames = List.copyOf(sectionNames);
    }

    /** The same with as many sections open, of which no more is known if none or others were open before. */
    public GuestMoment withOpenSections(long open) {
        int sections = (int) Math.min(Integer.MAX_VALUE, open);
        return new GuestMoment(
                sections,
                sections == 0 ? 0 : oldestSectionNanos,
                sections == 0 ? List.of() : sectionNames,
                quietLeftNanos,
                busyLeftNanos,
                edenUsedBytes,
                edenCapacityBytes,
                allocationBytesPerSecond,
                sinceCollectionNanos,
                outsideYoungBytesPerSecond,
                usualOutsideYoungBytesPerSecond);
    }

    /** True inside a critical section. */
    public boolean isCritical() {
        return openSections > 0;
    }

    /** When the JVM will collect by itself, at the rate it allocates; {@link #NOT_KNOWN} if that cannot be told. */
    public long untilCollectionNanos() {
        if (edenCapacityBytes <= 0 || allocationBytesPerSecond <= 0) {
            return NOT_KNOWN;
        }
        return (long) (Math.max(0, edenCapacityBytes - edenUsedBytes) * 1e9 / allocationBytesPerSecond);
    }

    /** The open sections for people, such as {@code "settlement"}; or how many there are. */
    public String sections() {
        if (!sectionNames.isEmpty()) {
            return "\"" + String.join("\", \"", sectionNames) + "\"";
        }
        return openSections == 1 ? "one section" : openSections + " sections";
    }
}
