package dev.godwit.hypervisor.migration.compare;

import dev.godwit.hypervisor.migration.partial.PartialMigrationEngine;

/**
 * What some techniques ask for, and the others do not look at.
 *
 * @param stayNanos partial migration: how long the VM stays before it goes home
 */
public record TechniqueOptions(long stayNanos) {
    /** A stay of 30 s. */
    public static final TechniqueOptions DEFAULT = new TechniqueOptions(PartialMigrationEngine.DEFAULT_STAY_NANOS);

    /**
     * Checks the figures.
     *
     * @throws IllegalArgumentException if one is out of its range; the message is one line for the user
     */
    public TechniqueOptions {
        if (stayNanos < 0) {
            throw new IllegalArgumentException("stay of " + stayNanos + " ns: give one of zero or more");
        }
    }

    public TechniqueOptions withStayNanos(long value) {
        return new TechniqueOptions(value);
    }
}
