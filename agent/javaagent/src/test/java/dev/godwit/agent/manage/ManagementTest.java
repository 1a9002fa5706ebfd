package dev.godwit.agent.manage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.agent.control.MigrationEvent;
import dev.godwit.bootstrap.HintBridge;
import dev.godwit.trace.HintEvent;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Through the platform's own MBean server, and a recording of this JVM. */
@ResourceLock("HintBridge")
class ManagementTest {
    @TempDir
    Path directory;

    private final List<String> said = new ArrayList<>();
    private final Management management = new Management(() -> false, said::add);

    @Test
    void theBeanTellsWhatTheControllerSaidAndWhetherItIsAGoodMoment() throws Exception {
        ObjectName name = new ObjectName("dev.godwit:type=Migration");
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        management.configure(false, Jmx.OFF);
        management.event(MigrationEvent.PREPARING, "");
        assertThat(server.isRegistered(name)).as("off").isFalse();

        management.configure(false, Jmx.AUTO);
        management.event(MigrationEvent.PREPARING, "");
        management.event(MigrationEvent.ABORTED, "cancelled");
        int slot = HintBridge.open("seen by the bean");
        HintBridge.quiet("seen by the bean", Duration.ofHours(2).toNanos());
        try {
            assertThat(server.getAttribute(name, "LastEvent")).isEqualTo("ABORTED");
            assertThat(server.getAttribute(name, "Preparings")).isEqualTo(1L);
            assertThat(server.getAttribute(name, "Resumptions")).isEqualTo(0L);
            assertThat(server.getAttribute(name, "Aborts")).isEqualTo(1L);
            assertThat(server.getAttribute(name, "LastAbortReason")).isEqualTo("cancelled");
            assertThat((String[]) server.getAttribute(name, "CriticalNames")).contains("seen by the bean");
            assertThat((long) server.getAttribute(name, "OpenCriticalSections")).isPositive();
            assertThat((long) server.getAttribute(name, "QuietRemainingMillis")).isBetween(3_600_000L, 7_200_000L);
            assertThat((double) server.getAttribute(name, "EdenFilled")).isBetween(0.0, 1.0);
        } finally {
            HintBridge.close(slot);
            HintBridge.quiet("seen by the bean", 0);
            server.unregisterMBean(name);
        }
        assertThat(said).isEmpty();
    }

    @Test
    void eventsAreMadeOnceFlightRecorderIsInUse() throws Exception {
        management.configure(true, Jmx.OFF);
        Path file = directory.resolve("events.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            management.event(MigrationEvent.PREPARING, "");
            management.event(MigrationEvent.ABORTED, "cancelled");
            management.recorded(new HintEvent(1, HintEvent.Type.BUSY, "batch", "main", 5_000_000, 2));
            management.configure(false, Jmx.OFF);
            management.event(MigrationEvent.DONE, "");
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.godwit."))
                .toList();
        assertThat(events)
                .extracting(event -> event.getEventType().getName())
                .containsExactlyInAnyOrder("dev.godwit.Preparing", "dev.godwit.Aborted", "dev.godwit.Hint");
        assertThat(events).anySatisfy(event -> {
            assertThat(event.getEventType().getName()).isEqualTo("dev.godwit.Hint");
            assertThat(event.getString("name")).isEqualTo("batch");
            assertThat(event.getDuration("hintDuration")).isEqualTo(Duration.ofMillis(5));
        });
        assertThat(said).isEmpty();
    }
}
