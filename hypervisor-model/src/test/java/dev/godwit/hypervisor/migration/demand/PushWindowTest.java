package dev.godwit.hypervisor.migration.demand;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.hypervisor.guest.GuestFixtures;
import dev.godwit.hypervisor.hint.FakeAgent;
import dev.godwit.hypervisor.memory.GuestMemory;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.postcopy.PostCopyEngine;
import dev.godwit.hypervisor.migration.postcopy.RestartableWriter;
import dev.godwit.hypervisor.migration.precopy.Rig;
import dev.godwit.hypervisor.transport.VirtualLink;
import dev.godwit.trace.PageRuns;
import org.junit.jupiter.api.Test;

class PushWindowTest {
    private static final int PAGES = 5_000;
    private static final int WINDOW = 40;
    /** With a latency of 10 ms this link holds 300 pages. */
    private static final long BANDWIDTH = 125_000_000;

    private static final long NEVER = Long.MAX_VALUE;

    private NarrowSide side;
    private GuestMemory destination;

    @Test
    void nothingIsPushedWhileTheWayIsFullAndEveryPageArrivesAllTheSame() {
        Rig rig = new Rig(PAGES, new RestartableWriter(NEVER, () -> 0), agent(), BANDWIDTH);
        rig.link = new VirtualLink(rig.clock, BANDWIDTH, 10_000_000);
        destination = rig.destination.memory();
        rig.engines = setting -> {
            side = new NarrowSide(new ModelledSide(setting));
            return new PostCopyEngine(setting, side);
        };

        assertThat(rig.run().status()).isEqualTo(MigrationStatus.COMPLETED);

        assertThat(side.mostUnderway).isBetween((long) WINDOW, WINDOW + DemandPaging.PUSH_CHUNK_PAGES - 1L);
        assertThat(rig.destination.memory().received()).isEqualTo(PAGES);
    }

    private static FakeAgent agent() {
        return new FakeAgent(
                GuestFixtures.frames(new PageRuns.Builder().add(100, 50).build(), Rig.PAGE));
    }

    /** Has room for some pages on the way. */
    private final class NarrowSide implements DemandSide {
        private final ModelledSide side;
        private long sent;
        private long mostUnderway;

        NarrowSide(ModelledSide side) {
            this.side = side;
        }

        @Override
        public boolean mayPush() {
            return underway() < WINDOW;
        }

        private long underway() {
            return sent - destination.received();
        }

        @Override
        public void sent(int gfn, long content) {
            side.sent(gfn, content);
            sent++;
            mostUnderway = Math.max(mostUnderway, underway());
        }

        @Override
        public void hear() {
            side.hear();
        }

        @Override
        public int takeRequest() {
            return side.takeRequest();
        }

        @Override
        public boolean isUnderway() {
            return side.isUnderway();
        }

        @Override
        public void await() {
            side.await();
        }

        @Override
        public void listen(long nanos) {
            side.listen(nanos);
        }

        @Override
        public long requests() {
            return side.requests();
        }
    }
}
