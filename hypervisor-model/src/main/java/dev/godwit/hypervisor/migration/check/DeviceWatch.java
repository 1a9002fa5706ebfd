package dev.godwit.hypervisor.migration.check;

import dev.godwit.hypervisor.device.DeviceBoard;
import dev.godwit.hypervisor.device.DiskRequest;
import dev.godwit.hypervisor.device.DiskWatch;
import dev.godwit.hypervisor.machine.VirtualMachine;
import dev.godwit.hypervisor.network.ConversationWatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Keeps its own account of what a guest asked its disk for and of what a client asked the guest: each is done once and
 * reported once, as it was asked for, and what was asked before the end of a migration does not get lost.
 *
 * <p>A guest that goes back to a point has the account of that point again: what was reported until then is not done again,
 * what was open then is done and reported once from here on, and so is what the guest asks for anew, whatever was done in
 * the time that it knows nothing of. Its client does not go back. If it has had an answer that the guest knows nothing of,
 * their connection cannot go on, and what it asks is not expected to be answered; it still never gets an answer twice.
 */
public final class DeviceWatch implements DiskWatch, ConversationWatch {
    private static final int MAX_PROBLEMS = 5;

    /** A guest goes back to its last whole point, and one more may be on its way. */
    private static final int MOST_MARKS = 3;

    private final RequestAccount disk =
            new RequestAccount("disk request", "made", "carried out", "completed", this::problem);
    private final RequestAccount conversation =
            new RequestAccount("client request", "made", "served", "answered", this::problem);
    private final List<String> problems = new ArrayList<>();
    private Map<Long, DiskRequest> open = new HashMap<>();
    private final Deque<Mark> marks = new ArrayDeque<>();
    private boolean wentBack;
    private long doneAgain;

    /** The accounts when the guest stood still. */
    private record Mark(
            long programNanos,
            RequestAccount.State disk,
            RequestAccount.State conversation,
            Map<Long, DiskRequest> open) {

        boolean isOf(VirtualMachine vm) {
            DeviceBoard board = vm.devices().orElseThrow();
            return vm.vcpu().programNanos() == programNanos
                    && board.disk().requests() == disk.made().length()
                    && board.disk().completed() == disk.reported().cardinality()
                    && board.server().served() == conversation.done().length();
        }
    }

    @Override
    public void submitted(DiskRequest request) {
        disk.made(request.number());
        open.put(request.number(), request);
    }

    @Override
    public void applied(DiskRequest request) {
        disk.done(request.number());
        DiskRequest made = open.get(request.number());
        if (made != null && !made.equals(request)) {
            problem(made + " was carried out as " + request);
        }
    }

    @Override
    public void completed(DiskRequest request) {
        disk.reported(request.number());
        open.remove(request.number());
    }

    @Override
    public void asked(long number, long nanos) {
        conversation.made(number);
    }

    @Override
    public void served(long number, long nanos) {
        conversation.done(number);
    }

    @Override
    public void answered(long number, long nanos) {
        conversation.reported(number);
    }

    private void problem(String text) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(text);
        }
    }

    /** The guest stands still: it may have to come back to this. */
    void stopped(VirtualMachine vm) {
        marks.add(new Mark(vm.vcpu().programNanos(), disk.state(), conversation.state(), Map.copyOf(open)));
        if (marks.size() > MOST_MARKS) {
            marks.remove();
        }
    }

    /** The guest leaves the host where it stood still: what the storage has done until now is part of what it leaves with. */
    void switched() {
        Mark atPause = marks.getLast();
        marks.clear();
        marks.add(new Mark(
                atPause.programNanos, atPause.disk.withDone(disk.state().done()), atPause.conversation, atPause.open));
    }

    /** The guest is what it was at an earlier stop, and is about to run on from there. */
    void wentBack(VirtualMachine vm) {
        wentBack = true;
        Iterator<Mark> latestFirst = marks.descendingIterator();
        while (latestFirst.hasNext()) {
            Mark mark = latestFirst.next();
            if (mark.isOf(vm)) {
                goBack(mark);
                return;
            }
        }
        DeviceBoard board = vm.devices().orElseThrow();
        problem("the guest came back with " + board.disk().requests() + " disk requests made and "
                + board.disk().completed() + " completed and " + board.server().served()
                + " client requests served, and never stood still like that at "
                + vm.vcpu().programNanos() + " ns");
    }

    private void goBack(Mark mark) {
        doneAgain = disk.doneSince(mark.disk);
        disk.goBack(mark.disk);
        conversation.forgetDone(mark.conversation.done());
        open = new HashMap<>(mark.open);
    }

    /** True if the client has an answer that the guest knows nothing of. */
    private boolean isClientAhead() {
        return wentBack && conversation.isReportedAheadOfDone();
    }

    /** The migration is over: what was asked until now must be reported when its effects are over, too. */
    void migrationEnded() {
        disk.end();
        conversation.end();
    }

    /** What is wrong, when the effects of the migration are over. */
    List<String> verify() {
        disk.verify();
        if (!isClientAhead()) {
            conversation.verify();
        }
        return problems;
    }

    /** What was checked. */
    String text() {
        String once = disk.allReported() + " disk requests were completed and " + conversation.allReported()
                + " client requests answered, once each";
        if (!wentBack) {
            return once;
        }
        return once + "; behind the point that the guest came back to the storage had carried out " + doneAgain
                + " disk requests, which the guest asks for again"
                + (isClientAhead()
                        ? ", and its client had an answer from there, so that their connection cannot go on"
                        : "");
    }
}
