package dev.godwit.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MigrationCourseTest {
    private final List<MigrationEvent> told = new ArrayList<>();
    private final MigrationCourse course = new MigrationCourse((event, reason) -> told.add(event));

    @Test
    void whatWasAnnouncedAndDoneEndsByGoingOn() {
        course.preparing();
        course.paused();
        course.resumed();
        course.done();
        course.closed("");
        assertThat(told)
                .containsExactly(
                        MigrationEvent.PREPARING, MigrationEvent.PAUSED, MigrationEvent.RESUMED, MigrationEvent.DONE);
    }

    @Test
    void whatWasAnnouncedAndIsOffIsAborted() {
        course.preparing();
        course.aborted("cancelled");
        course.closed("");
        assertThat(told).containsExactly(MigrationEvent.PREPARING, MigrationEvent.ABORTED);
    }

    @Test
    void aPauseThatCameToNothingStillEnds() {
        course.preparing();
        course.paused();
        course.aborted("link lost");
        assertThat(told)
                .containsExactly(
                        MigrationEvent.PREPARING,
                        MigrationEvent.PAUSED,
                        MigrationEvent.RESUMED,
                        MigrationEvent.ABORTED);
    }

    @Test
    void aControllerThatDiesAbortsWhatItAnnounced() {
        course.preparing();
        course.closed("the controller is gone");
        assertThat(told).containsExactly(MigrationEvent.PREPARING, MigrationEvent.ABORTED);
    }

    @Test
    void aControllerThatAnnouncedNothingEndsSilently() {
        course.closed("closed");
        assertThat(told).isEmpty();
    }
}
