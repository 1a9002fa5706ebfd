package dev.godwit.hypervisor.device;

import dev.godwit.hypervisor.vcpu.Overhead;
import dev.godwit.hypervisor.vcpu.Vcpu;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A disk of a VM: a file on shared storage, and a queue of requests, each of which traps. Whatever becomes of the VM on
 * its way, the guest is told of each request's completion exactly once.
 *
 * <p>Cost for the guest: a trap for each request, and one for the interrupt of each completion.
 */
public final class VirtualDisk {
    /** Room in the queue; the default of QEMU's virtio-blk. */
    public static final int QUEUE_SIZE = 256;

    private final SharedStorage storage;
    private final Vcpu vcpu;
    private final InFlightPolicy policy;
    /** Taken by the storage and not answered, oldest first: the storage answers in this order. */
    private final Deque<SharedStorage.Order> inFlight = new ArrayDeque<>();
    /** Waiting for the VM to run, here or elsewhere. */
    private final Deque<DiskRequest> held = new ArrayDeque<>();
    /** Answered while the VM stood still: the interrupt waits for it. */
    private final Deque<DiskRequest> unreported = new ArrayDeque<>();

    private DiskWatch watch = DiskWatch.NONE;
    private boolean running;
    private long next;
    private long completed;
    private int inFlightLastPause;
    private int inFlightAtPause;
    private int carriedOver;

    /**
     * @param storage where its file is
     * @param vcpu pays for traps
     * @param policy what becomes of requests in flight at a pause
     */
    public VirtualDisk(SharedStorage storage, Vcpu vcpu, InFlightPolicy policy) {
        this.storage = storage;
        this.vcpu = vcpu;
        this.policy = policy;
    }

    /** Sets who is told of requests and completions. */
    public void watch(DiskWatch one) {
        watch = one;
    }

    /** True if the VM runs and there is room for another request. */
    public boolean accepts() {
        return running && inFlight.size() < QUEUE_SIZE;
    }

    /**
     * The guest asks for something; only if {@link #accepts}.
     *
     * @param write true to write
     * @param block which block
     * @param content what is written, 0 for a read
     * @return number of the request
     */
    public long submit(boolean write, long block, long content) {
        if (!accepts()) {
            throw new IllegalStateException(
                    running ? "the queue of " + QUEUE_SIZE + " requests is full" : "a guest that stands still asks");
        }
        vcpu.owe(Overhead.DEVICE_REQUEST, Trap.NANOS);
        DiskRequest request = new DiskRequest(next++, write, block, content);
        watch.submitted(request);
        start(request);
        return request.number();
    }

    private void start(DiskRequest request) {
        inFlight.add(storage.take(request, content -> answered(request)));
    }

    private void answered(DiskRequest request) {
        inFlight.remove();
        if (running) {
            report(request);
        } else {
            unreported.add(request);
        }
    }

    private void report(DiskRequest request) {
        vcpu.owe(Overhead.DEVICE_REQUEST, Trap.NANOS);
        completed++;
        watch.completed(request);
    }

    /** The VM stands still. */
    void pause() {
        running = false;
        inFlightLastPause = inFlight.size();
        switch (policy) {
            case DRAIN -> {
                // The storage answers them, and whoever pauses waits for that.
            }
            case CARRY_OVER -> hold();
        }
    }

    private void hold() {
        while (!inFlight.isEmpty()) {
            SharedStorage.Order order = inFlight.remove();
            order.withdraw();
            held.add(order.request());
        }
    }

    /** How long until the last request at the storage is answered; 0 if there is none. */
    long untilQuietNanos(long nowNanos) {
        return inFlight.isEmpty() ? 0 : Math.max(0, inFlight.getLast().answeredNanos() - nowNanos);
    }

    /** The VM runs, here: what was held is made again, what was answered meanwhile is reported. */
    void resume() {
        running = true;
        while (!unreported.isEmpty()) {
            report(unreported.remove());
        }
        while (!held.isEmpty()) {
            start(held.remove());
        }
    }

    /** The VM runs elsewhere, or not at all. */
    void release() {
        running = false;
        inFlight.forEach(SharedStorage.Order::withdraw);
        inFlight.clear();
        held.clear();
        unreported.clear();
    }

    /** Takes over the state of the VM's disk at its other host. What nobody has drained there is carried over. */
    void load(VirtualDisk other) {
        other.hold();
        next = other.next;
        completed = other.completed;
        inFlightAtPause = other.inFlightLastPause;
        carriedOver = other.held.size();
        held.clear();
        held.addAll(other.held);
        unreported.clear();
        unreported.addAll(other.unreported);
    }

    /**
     * What the guest knows of its requests at a moment, for a checkpoint.
     *
     * @param next number of its next request
     * @param completed how many it knows to be done
     * @param open what it waits for and the storage has not answered, oldest first
     * @param unreported answered, and its interrupt waits for the guest
     */
    public record State(long next, long completed, List<DiskRequest> open, List<DiskRequest> unreported) {
        public State {
            open = List.copyOf(open);
            unreported = List.copyOf(unreported);
        }
    }

    State save() {
        List<DiskRequest> open = new ArrayList<>();
        inFlight.forEach(order -> open.add(order.request()));
        open.addAll(held);
        return new State(next, completed, open, List.copyOf(unreported));
    }

    /** Goes back to a state; what was open then is made again when the VM runs. It stands still, with nothing in flight. */
    void restore(State state) {
        release();
        next = state.next;
        completed = state.completed;
        carriedOver = state.open.size();
        held.addAll(state.open);
        unreported.addAll(state.unreported);
    }

    /** What the queues hold, on the wire. */
    long stateBytes() {
        return (long) DiskRequest.STATE_BYTES * (held.size() + unreported.size() + inFlight.size());
    }

    /** Requests of the guest so far, wherever it ran. */
    public long requests() {
        return next;
    }

    /** Requests that the guest knows to be done, wherever it ran. */
    public long completed() {
        return completed;
    }

    /** Requests that the storage had not answered when the VM was paused to come here; 0 if it was always here. */
    public int inFlightAtPause() {
        return inFlightAtPause;
    }

    /** Requests that came here with the state of the disk, of another host or of a checkpoint, and were made again. */
    public int carriedOver() {
        return carriedOver;
    }

    /** Requests at the storage. */
    public int inFlight() {
        return inFlight.size();
    }
}
