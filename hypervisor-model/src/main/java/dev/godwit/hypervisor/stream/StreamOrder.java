package dev.godwit.hypervisor.stream;

import java.util.Locale;

/**
 * The order of records in one direction, and what its counters must say; {@code STREAM.md} has the grammar. What follows
 * from both directions together is not looked at: records of the other one may be on their way.
 */
final class StreamOrder {
    private final Direction direction;
    private final StreamSession session;
    private final PageCounts ofRound = new PageCounts();
    private final PageCounts ofAll = new PageCounts();
    private State state = State.START;
    private State behindRound = State.START;
    private int round;
    private long missingPages;
    private long points;
    private int statesOfPoint;
    private boolean returning;

    private enum State {
        START,
        GREETED,
        SHAPED,
        LIVE,
        PAUSED,
        AHEAD,
        ROUND,
        STATES,
        DONE,
        CANCELLED,
        FAILED,
        ENDED
    }

    StreamOrder(Direction direction, StreamSession session) {
        this.direction = direction;
        this.session = session;
    }

    /** True if End was the last record. */
    boolean isEnded() {
        return state == State.ENDED;
    }

    /** Pages and data of all rounds so far. */
    PageCounts counts() {
        return ofAll;
    }

    /** Takes a Pages record; the complaint in one line, null if it may come now. */
    String pages(PageCounts counts) {
        if (state != State.ROUND) {
            return unexpected(RecordType.PAGES);
        }
        ofRound.add(counts);
        ofAll.add(counts);
        return null;
    }

    /** Takes any other record; the complaint in one line, null if it may come now. */
    String step(ControlRecord record) {
        return switch (record.type()) {
            case ERROR -> become(record, State.FAILED, !isOver());
            case END ->
                become(record, State.ENDED, state == State.DONE || state == State.CANCELLED || state == State.FAILED);
            case CANCEL -> cancel(record);
            case ROUND_BEGIN -> beginRound((ControlRecord.RoundBegin) record);
            case ROUND_END -> endRound((ControlRecord.RoundEnd) record);
            default -> direction == Direction.FORWARD ? forward(record) : reverse(record);
        };
    }

    private boolean isOver() {
        return state == State.FAILED || state == State.ENDED;
    }

    private String forward(ControlRecord record) {
        return switch (record.type()) {
            case HELLO -> become(record, State.GREETED, state == State.START);
            case GUEST -> guest((ControlRecord.Guest) record);
            case RANGES -> ranges((ControlRecord.Ranges) record);
            case PAUSED -> become(record, State.PAUSED, state == State.LIVE);
            case UNPAUSED -> {
                missingPages = 0;
                yield become(record, State.LIVE, state == State.PAUSED);
            }
            case STATE -> become(record, State.PAUSED, state == State.PAUSED);
            case MISSING -> missing((ControlRecord.Missing) record);
            case HASHES -> hashes((ControlRecord.Hashes) record);
            case STORED -> stored((ControlRecord.Stored) record);
            case SWITCH_OVER -> switchOver((ControlRecord.SwitchOver) record);
            case REFUSED ->
                become(record, state, state == State.AHEAD || (state == State.ROUND && behindRound == State.AHEAD));
            case COMPLETED -> completed((ControlRecord.Completed) record);
            default -> wrongWay(record);
        };
    }

    private String reverse(ControlRecord record) {
        boolean takesPart = state == State.LIVE || state == State.AHEAD || state == State.ROUND;
        return switch (record.type()) {
            case READY -> {
                session.accepted(((ControlRecord.Ready) record).features());
                yield become(record, State.LIVE, state == State.START);
            }
            case STORED_HASHES -> become(record, state, state == State.LIVE && session.readsFiles());
            case ARRIVED, VERIFIED -> become(record, state, takesPart || state == State.STATES);
            case RESUMED -> become(record, State.AHEAD, state == State.LIVE);
            case REQUEST ->
                become(record, state, state == State.AHEAD || state == State.ROUND || state == State.STATES);
            case STATE -> {
                statesOfPoint++;
                yield become(record, State.STATES, state == State.STATES);
            }
            case CONSISTENT_POINT -> consistentPoint((ControlRecord.ConsistentPoint) record);
            case ACKNOWLEDGED ->
                become(record, State.DONE, state == State.AHEAD || state == State.LIVE || state == State.CANCELLED);
            default -> wrongWay(record);
        };
    }

    private String guest(ControlRecord.Guest guest) {
        String complaint = become(guest, State.SHAPED, state == State.GREETED);
        if (complaint == null) {
            session.guest(guest);
        }
        return complaint;
    }

    private String ranges(ControlRecord.Ranges ranges) {
        boolean may = state == State.SHAPED
                || state == State.LIVE
                || state == State.PAUSED
                || (state == State.ROUND && behindRound != State.AHEAD);
        String complaint = become(ranges, state == State.SHAPED ? State.LIVE : state, may);
        return complaint == null ? session.add(ranges.runs()) : complaint;
    }

    private String missing(ControlRecord.Missing missing) {
        for (PageRun run : missing.runs()) {
            if (!session.holds(run.first(), run.pages())) {
                return run.pages() + " missing pages from " + run.first() + " lie in no range";
            }
            missingPages += run.pages();
        }
        return become(missing, State.PAUSED, state == State.PAUSED);
    }

    private String hashes(ControlRecord.Hashes hashes) {
        if (!session.holds(hashes.firstPage(), hashes.hashes().length)) {
            return hashes.hashes().length + " hashes of pages from " + hashes.firstPage() + " lie in no range";
        }
        boolean pausedRound = state == State.ROUND && behindRound != State.LIVE;
        return become(hashes, state, state == State.PAUSED || state == State.AHEAD || pausedRound);
    }

    private String stored(ControlRecord.Stored stored) {
        if (!session.holds(stored.firstPage(), stored.pages())) {
            return stored.pages() + " stored pages from " + stored.firstPage() + " lie in no range";
        }
        return become(stored, state, state == State.LIVE && round == 0 && session.readsFiles());
    }

    private String consistentPoint(ControlRecord.ConsistentPoint point) {
        if (point.number() != points + 1 || statesOfPoint == 0) {
            return "consistent point " + point.number() + " behind point " + points + ", with " + statesOfPoint
                    + " states of its own";
        }
        points++;
        statesOfPoint = 0;
        return become(point, State.AHEAD, state == State.STATES);
    }

    private String beginRound(ControlRecord.RoundBegin begin) {
        State due = switch (begin.kind()) {
            case LIVE -> State.LIVE;
            case PAUSED -> State.PAUSED;
            case DEMAND, BACK -> State.AHEAD;
        };
        boolean rightWay = (begin.kind() == RoundKind.BACK) == (direction == Direction.REVERSE);
        if (!rightWay || state != due || (begin.kind() == RoundKind.BACK && !session.sendsBack())) {
            return "a " + begin.kind().label() + " round is not due now";
        }
        if (begin.round() != round + 1) {
            return "round " + Integer.toUnsignedString(begin.round()) + " behind round " + round;
        }
        round++;
        ofRound.clear();
        behindRound = state;
        state = State.ROUND;
        return null;
    }

    private String endRound(ControlRecord.RoundEnd end) {
        if (state != State.ROUND) {
            return unexpected(end.type());
        }
        if (end.round() != round) {
            return "the end of round " + Integer.toUnsignedString(end.round()) + " in round " + round;
        }
        if (!end.counts().equals(ofRound)) {
            return "round " + round + " carried " + ofRound + ", its end says " + end.counts();
        }
        state = direction == Direction.REVERSE ? State.STATES : behindRound;
        return null;
    }

    private String cancel(ControlRecord record) {
        boolean switched = state == State.AHEAD || (state == State.ROUND && behindRound == State.AHEAD);
        if (switched && direction == Direction.FORWARD) {
            boolean first = !returning;
            returning = true;
            return become(record, state, first && session.sendsBack());
        }
        return become(record, State.CANCELLED, !switched && (state.compareTo(State.AHEAD) < 0 || state == State.ROUND));
    }

    private String switchOver(ControlRecord.SwitchOver over) {
        String complaint = become(over, State.AHEAD, state == State.PAUSED);
        if (complaint == null && over.missingPages() != missingPages) {
            return Long.toUnsignedString(over.missingPages()) + " missing pages at the switch, " + missingPages
                    + " were named";
        }
        return complaint;
    }

    private String completed(ControlRecord.Completed completed) {
        boolean returned = completed.outcome() == ControlRecord.Completed.AT_SOURCE;
        String complaint = become(completed, State.DONE, state == State.AHEAD && (returning || !returned));
        if (complaint == null && (completed.pages() != ofAll.pages() || completed.dataBytes() != ofAll.dataBytes())) {
            return "the migration carried " + ofAll + ", its end says " + completed.pages() + " pages, "
                    + completed.dataBytes() + " bytes";
        }
        return complaint;
    }

    /** The only place where a record that opens or closes no round changes the state. */
    private String become(ControlRecord record, State next, boolean may) {
        if (!may) {
            return unexpected(record.type());
        }
        state = next;
        return null;
    }

    private String unexpected(RecordType type) {
        return type.label() + " is not due in state " + state.name().toLowerCase(Locale.ROOT);
    }

    private String wrongWay(ControlRecord record) {
        return record.type().label() + " does not go " + direction.label();
    }
}
