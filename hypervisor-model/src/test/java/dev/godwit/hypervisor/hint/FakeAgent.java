package dev.godwit.hypervisor.hint;

import dev.godwit.hypervisor.guest.GuestAgent;
import dev.godwit.hypervisor.guest.GuestFrames;
import dev.godwit.trace.DeclaredMemory;
import dev.godwit.trace.HeapLayout;
import java.util.List;
import java.util.Optional;

/** An agent that says what it is told to, and counts what it hears. */
public class FakeAgent implements GuestAgent {
    public HeapLayout layout;
    public long epoch;
    public List<DeclaredMemory> declared = List.of();
    public int done;
    public int aborted;
    private final GuestFrames frames;

    public FakeAgent(GuestFrames frames) {
        this.frames = frames;
    }

    @Override
    public GuestFrames frames() {
        return frames;
    }

    @Override
    public Optional<HeapLayout> readLayout() {
        return Optional.ofNullable(layout);
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public List<DeclaredMemory> declared() {
        return declared;
    }

    @Override
    public boolean canCollect() {
        return false;
    }

    @Override
    public long predictedSurvivorBytes() {
        return 0;
    }

    @Override
    public boolean prepare() {
        return false;
    }

    @Override
    public boolean isPrepared() {
        return false;
    }

    @Override
    public void awaitPrepared() {
        throw new IllegalStateException("nothing was prepared");
    }

    @Override
    public long lastCollectionNanos() {
        return 0;
    }

    @Override
    public void done() {
        done++;
    }

    @Override
    public void aborted() {
        aborted++;
    }
}
