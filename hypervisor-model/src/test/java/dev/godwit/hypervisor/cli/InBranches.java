package dev.godwit.hypervisor.cli;

import java.util.List;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/**
 * A program that is in three distributed transactions all the time, which the agent recognises: it says of each again and again
 * that it begins or goes on, so that the agent may come at any time.
 */
public final class InBranches {
    static final int BRANCHES = 3;

    private InBranches() {}

    public static void main(String[] arguments) throws InterruptedException {
        List<Xid> branches = List.of(new Name(1), new Name(2), new Name(3));
        Resource resource = new Resource();
        System.out.println("running");
        while (resource.starts < Long.MAX_VALUE) {
            branches.forEach(each -> resource.start(each, XAResource.TMNOFLAGS));
            Thread.sleep(1);
        }
    }

    private record Name(int number) implements Xid {
        @Override
        public int getFormatId() {
            return number;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return new byte[] {(byte) number};
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[0];
        }
    }

    /** Keeps nothing. */
    private static final class Resource implements XAResource {
        private long starts;

        @Override
        public void start(Xid xid, int flags) {
            starts++;
        }

        @Override
        public void end(Xid xid, int flags) {
            // Nothing is kept.
        }

        @Override
        public int prepare(Xid xid) {
            return XA_OK;
        }

        @Override
        public void commit(Xid xid, boolean onePhase) {
            // Nothing is kept.
        }

        @Override
        public void rollback(Xid xid) {
            // Nothing is kept.
        }

        @Override
        public void forget(Xid xid) {
            // Nothing is kept.
        }

        @Override
        public Xid[] recover(int flag) {
            return new Xid[0];
        }

        @Override
        public boolean isSameRM(XAResource other) {
            return other == this;
        }

        @Override
        public int getTransactionTimeout() {
            return 0;
        }

        @Override
        public boolean setTransactionTimeout(int seconds) {
            return false;
        }
    }
}
