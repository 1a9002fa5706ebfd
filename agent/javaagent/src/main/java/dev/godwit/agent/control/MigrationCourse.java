package dev.godwit.agent.control;

import java.util.function.BiConsumer;

/**
 * Follows one controller's migrations and sees to it that each that was announced also ends, whatever the controller says or
 * does not say any more. Used by one thread.
 */
final class MigrationCourse {
    private final BiConsumer<MigrationEvent, String> told;
    private boolean announced;
    private boolean paused;

    /**
     * @param told is told each event with a reason, which is empty for most
     */
    MigrationCourse(BiConsumer<MigrationEvent, String> told) {
        this.told = told;
    }

    void preparing() {
        announced = true;
        told.accept(MigrationEvent.PREPARING, "");
    }

    void paused() {
        paused = true;
        told.accept(MigrationEvent.PAUSED, "");
    }

    void resumed() {
        goOn();
    }

    void done() {
        goOn();
        told.accept(MigrationEvent.DONE, "");
    }

    /** A JVM that was paused goes on; one that was not is told that it will not be. */
    void aborted(String reason) {
        if (paused) {
            goOn();
        }
        announced = false;
        told.accept(MigrationEvent.ABORTED, reason);
    }

    /** The controller is gone. */
    void closed(String reason) {
        if (announced || paused) {
            aborted(reason);
        }
    }

    private void goOn() {
        if (announced || paused) {
            announced = false;
            paused = false;
            told.accept(MigrationEvent.RESUMED, "");
        }
    }
}
