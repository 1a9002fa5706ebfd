package dev.godwit.hypervisor.stream;

import java.util.List;

/** Every record but Pages. Arrays, because a list of a million hashes would cost more than the hashing. */
@SuppressWarnings("ArrayRecordComponent")
public sealed interface ControlRecord extends StreamRecord {

    /**
     * The source greets.
     *
     * @param session names the migration, {@value StreamFormat#SESSION_BYTES} bytes
     * @param features any of {@link StreamFormat#FEATURE_SEND_BACK} and {@link StreamFormat#FEATURE_FILES}
     * @param token lets the destination tell whom it speaks with; at most {@value StreamFormat#MAX_TOKEN_BYTES} bytes
     */
    record Hello(byte[] session, int features, byte[] token) implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.HELLO;
        }
    }

    /** The destination has room and takes part. As {@link Hello}. */
    record Ready(byte[] session, int features, byte[] token) implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.READY;
        }
    }

    /**
     * What is migrated.
     *
     * @param pageBytes size of a page
     * @param flags {@link StreamFormat#GUEST_SENDS_BACK} or 0
     * @param name for messages
     * @param technique for messages
     */
    record Guest(int pageBytes, int flags, String name, String technique) implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.GUEST;
        }
    }

    /** Pages that exist. */
    record Ranges(List<PageRun> runs) implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.RANGES;
        }
    }

    /** A round begins, numbered from one. */
    record RoundBegin(int round, RoundKind kind) implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.ROUND_BEGIN;
        }
    }

    /** A round is over, and this is what it carried. */
    record RoundEnd(int round, PageCounts counts) implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.ROUND_END;
        }
    }

    /** The guest stands still at the source. */
    record Paused() implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.PAUSED;
        }
    }

    /** The guest runs on at the source: this pause was none. */
    record Unpaused() implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.UNPAUSED;
        }
    }

    /**
     * State of a VCPU or of a device.
     *
     * @param kind {@link #VCPU} or {@link #DEVICE}
     * @param id which one
     * @param bytes the state, at least one byte
     */
    record State(int kind, int id, byte[] bytes) implements ControlRecord {
        public static final int VCPU = 1;
        public static final int DEVICE = 2;

        @Override
        public RecordType type() {
            return RecordType.STATE;
        }
    }

    /** Pages that the destination must wait for. */
    record Missing(List<PageRun> runs) implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.MISSING;
        }
    }

    /** Hashes of pages one behind the other at the pause, see {@link PageHash}. */
    record Hashes(long firstPage, long[] hashes) implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.HASHES;
        }
    }

    /**
     * Pages one behind the other that a file holds too, if it is as the source believes. They go over as stored if it is.
     *
     * @param firstPage number of the first
     * @param pages how many, at most {@value StreamFormat#MAX_STORED_PAGES}
     * @param offset of the first in the file
     * @param path of the file, where the destination is to read it
     */
    record Stored(long firstPage, int pages, long offset, String path) implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.STORED;
        }
    }

    /**
     * Answers {@link Stored}: what the destination has read, see {@link PageHash}; no hashes if it could not.
     *
     * @param firstPage number of the first
     * @param hashes of the pages as the file has them, which the destination keeps
     */
    record StoredHashes(long firstPage, long[] hashes) implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.STORED_HASHES;
        }
    }

    /** The guest is given over; so many pages are missing. */
    record SwitchOver(long missingPages) implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.SWITCH_OVER;
        }
    }

    /** The guest runs at the destination. */
    record Resumed() implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.RESUMED;
        }
    }

    /** The guest waits for a page. */
    record Request(long page) implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.REQUEST;
        }
    }

    /** A requested page does not come. */
    record Refused(long page, int reason) implements ControlRecord {
        /** Nobody needs what it held: give zeros. */
        public static final int DROPPED = 1;

        /** There is no such page. */
        public static final int UNKNOWN = 2;

        /** It is on its way, or there already. */
        public static final int SENT = 3;

        @Override
        public RecordType type() {
            return RecordType.REFUSED;
        }
    }

    /** All of a round is in place. */
    record Arrived(int round) implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.ARRIVED;
        }
    }

    /**
     * The hashes were compared.
     *
     * @param pages how many
     * @param different how many differ
     * @param firstDifferent the first that does, {@link StreamFormat#NO_PAGE} if none
     */
    record Verified(long pages, long different, long firstDifferent) implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.VERIFIED;
        }
    }

    /** With what came back the source could go on; {@code last}: the VM stands still at the destination. */
    record ConsistentPoint(long number, boolean last) implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.CONSISTENT_POINT;
        }
    }

    /** The migration is given up. */
    record Cancel(String reason) implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.CANCEL;
        }
    }

    /** Something is broken. */
    record Failure(int code, String text) implements ControlRecord {
        /** The peer broke the rules of the stream. */
        public static final int PROTOCOL = 1;

        /** A check found the memory wrong. */
        public static final int CHECK = 2;

        /** The sender itself failed. */
        public static final int OWN = 3;

        /** The peer is gone. */
        public static final int PEER_LOST = 4;

        /** The sender does not want this migration. */
        public static final int REFUSED = 5;

        @Override
        public RecordType type() {
            return RecordType.ERROR;
        }
    }

    /**
     * It is over.
     *
     * @param outcome {@link #AT_DESTINATION} or {@link #AT_SOURCE}
     * @param pages in all forward Pages records
     * @param dataBytes in all forward Pages records
     */
    record Completed(int outcome, long pages, long dataBytes) implements ControlRecord {
        public static final int AT_DESTINATION = 1;
        public static final int AT_SOURCE = 2;

        @Override
        public RecordType type() {
            return RecordType.COMPLETED;
        }
    }

    /** The destination has all: the source may forget. */
    record Acknowledged() implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.ACKNOWLEDGED;
        }
    }

    /** Last of its direction; the writer fills in the counts and the digest. */
    record End(long records, long bytes, byte[] digest) implements ControlRecord {
        @Override
        public RecordType type() {
            return RecordType.END;
        }
    }
}
