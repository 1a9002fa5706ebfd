package dev.godwit.agent.control;

/** What happens to the JVM in a migration, in its words to the application, to JFR and to the management bean. */
public enum MigrationEvent {
    PREPARING,
    PAUSED,
    RESUMED,
    DONE,
    ABORTED
}
