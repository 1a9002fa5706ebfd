package dev.godwit.hypervisor.migration.check;

import dev.godwit.hypervisor.device.DiskRequest;
import dev.godwit.hypervisor.device.DiskWatch;
import dev.godwit.hypervisor.network.ConversationWatch;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Keeps its own account of what a guest asked its disk for and of what a client asked the guest: each is done once and
 * reported once, and what was asked before the end of a migration does not get lost.
 */
public final class DeviceWatch implements DiskWatch, ConversationWatch {
    private static final int MAX_PROBLEMS = 5;

    private final Account disk = new Account("disk request", "made", "carried out", "completed");
    private final Account conversation = new Account("client request", "made", "served", "answered");
    private final List<String> problems = new ArrayList<>();

    /** What became of numbered requests of one kind. */
    private final class Account {
        private final String what;
        private final String made;
        private final String done;
        private final String reported;
        private final BitSet allMade = new BitSet();
        private final BitSet allDone = new BitSet();
        private final BitSet allReported = new BitSet();
        private int beforeEnd;

        Account(String what, String made, String done, String reported) {
            this.what = what;
            this.made = made;
            this.done = done;
            this.reported = reported;
        }

        void made(long number) {
            once(allMade, number, made);
        }

        void done(long number) {
            if (!allMade.get((int) number)) {
                problem(what + " " + number + " was " + done + " and never " + made);
            }
            once(allDone, number, done);
        }

        void reported(long number) {
            if (!allDone.get((int) number)) {
                problem(what + " " + number + " was " + reported + " before it was " + done);
            }
            once(allReported, number, reported);
        }

        private void once(BitSet all, long number, String event) {
            if (all.get((int) number)) {
                problem(what + " " + number + " was " + event + " twice");
            }
            all.set((int) number);
        }

        void verify() {
            int missing = allReported.nextClearBit(0);
            if (missing < beforeEnd) {
                problem(what + " " + missing + " was " + made + " before the end of the migration and never "
                        + reported);
            }
        }
    }

    @Override
    public void submitted(DiskRequest request) {
        disk.made(request.number());
    }

    @Override
    public void applied(DiskRequest request) {
        disk.done(request.number());
    }

    @Override
    public void completed(DiskRequest request) {
        disk.reported(request.number());
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

    /** The migration is over: what was asked until now must be reported when its effects are over, too. */
    void migrationEnded() {
        disk.beforeEnd = disk.allMade.length();
        conversation.beforeEnd = conversation.allMade.length();
    }

    /** What is wrong, when the effects of the migration are over. */
    List<String> verify() {
        disk.verify();
        conversation.verify();
        return problems;
    }

    /** What was checked. */
    String text() {
        return disk.allReported.cardinality() + " disk requests were completed and "
                + conversation.allReported.cardinality() + " client requests answered, once each";
    }
}
