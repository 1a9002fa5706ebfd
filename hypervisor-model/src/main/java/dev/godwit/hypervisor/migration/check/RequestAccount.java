package dev.godwit.hypervisor.migration.check;

import java.util.BitSet;
import java.util.function.Consumer;

/** What became of numbered requests of one kind: each is made, done and reported once, in this order. */
final class RequestAccount {
    private final String what;
    private final String madeWord;
    private final String doneWord;
    private final String reportedWord;
    private final Consumer<String> problems;
    private BitSet made = new BitSet();
    private BitSet done = new BitSet();
    private BitSet reported = new BitSet();
    /** Done at any time, as those remember who are told of it, though the guest may not. */
    private BitSet everDone = new BitSet();

    private int madeBeforeEnd;

    /** The account at a moment. */
    record State(BitSet made, BitSet done, BitSet reported) {
        State withDone(BitSet value) {
            return new State(made, value, reported);
        }
    }

    /** The words are for messages: "disk request", "made", "carried out", "completed". */
    RequestAccount(String what, String madeWord, String doneWord, String reportedWord, Consumer<String> problems) {
        this.what = what;
        this.madeWord = madeWord;
        this.doneWord = doneWord;
        this.reportedWord = reportedWord;
        this.problems = problems;
    }

    void made(long number) {
        once(made, number, madeWord);
    }

    void done(long number) {
        if (!made.get((int) number)) {
            problems.accept(what + " " + number + " was " + doneWord + " and never " + madeWord);
        }
        once(done, number, doneWord);
        everDone.set((int) number);
    }

    void reported(long number) {
        if (!everDone.get((int) number)) {
            problems.accept(what + " " + number + " was " + reportedWord + " before it was " + doneWord);
        }
        once(reported, number, reportedWord);
    }

    private void once(BitSet all, long number, String event) {
        if (all.get((int) number)) {
            problems.accept(what + " " + number + " was " + event + " twice");
        }
        all.set((int) number);
    }

    State state() {
        return new State((BitSet) made.clone(), (BitSet) done.clone(), (BitSet) reported.clone());
    }

    /** Requests done since: what a guest that goes back asks for again. */
    int doneSince(State state) {
        BitSet since = (BitSet) done.clone();
        since.andNot(state.done);
        return since.cardinality();
    }

    /** True if something was reported that whoever does it knows nothing of. */
    boolean isReportedAheadOfDone() {
        return reported.length() > done.length();
    }

    /** Whoever makes requests, and is told of them, goes back. */
    void goBack(State state) {
        made = (BitSet) state.made.clone();
        reported = (BitSet) state.reported.clone();
        forgetDone(state.done);
        everDone = (BitSet) done.clone();
    }

    /** Whoever does what is asked for goes back: it may do the rest again. */
    void forgetDone(BitSet doneThen) {
        done = (BitSet) doneThen.clone();
    }

    /** What was made until now must be reported. */
    void end() {
        madeBeforeEnd = made.length();
    }

    void verify() {
        int missing = reported.nextClearBit(0);
        if (missing < madeBeforeEnd) {
            problems.accept(what + " " + missing + " was " + madeWord + " before the end of the migration and never "
                    + reportedWord);
        }
    }

    int allReported() {
        return reported.cardinality();
    }
}
