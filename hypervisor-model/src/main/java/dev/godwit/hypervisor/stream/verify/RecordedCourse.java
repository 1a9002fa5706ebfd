package dev.godwit.hypervisor.stream.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The course of a migration, as the records of both directions tell it. */
final class RecordedCourse {
    /** Where the migration stands, as the source sees it. */
    private enum Stage {
        GREETING,
        SHAPING,
        AT_SOURCE,
        PAUSED,
        GIVEN_OVER,
        COMPLETED,
        CANCELLED,
        FAILED
    }

    private final CourseOfPages pages;
    private final CourseOfFiles files;
    private final Greeting greeting = new Greeting();
    private final List<Findings.Round> rounds = new ArrayList<>();
    private final Way forward = new Way();
    private final Way reverse = new Way();
    private Stage stage = Stage.GREETING;
    private boolean resumed;
    private boolean acknowledged;
    private boolean lastPoint;
    private boolean returning;
    private boolean stateOfPoint;
    private boolean backRoundDone;
    private String reason = "";
    private boolean returned;
    private long missingAtSwitch;
    private long requests;
    private long refusals;
    private long points;
    private long hashedPages;

    /** One direction. */
    private static final class Way {
        int round;
        String kind = "";
        boolean open;
        boolean ended;
        boolean failed;
        boolean cancelled;
        PageTotals totals = new PageTotals();
        final PageTotals all = new PageTotals();
    }

    RecordedCourse(CaptureBytes file, PageContents contents) {
        pages = new CourseOfPages(file, contents);
        files = new CourseOfFiles(pages.ledger());
    }

    void take(int type, boolean isForward, byte[] bytes, int length, long at) throws IOException {
        Way way = isForward ? forward : reverse;
        Payload in = new Payload(bytes, length, "record of type " + type);
        in.require(!way.ended, "behind End");
        in.require(!way.failed || type == 24, "behind Error");
        in.require(!way.cancelled || type == 24 || type == 21 || type == 23, "behind Cancel");
        switch (type) {
            case 5 -> roundBegin(in, way, isForward);
            case 6 -> pagesRecord(in, way, isForward, bytes, at);
            case 7 -> roundEnd(in, way, isForward);
            case 10 -> state(in, isForward);
            case 20 -> cancel(in, way, isForward);
            case 21 -> error(in, way, isForward);
            case 24 -> end(in, way, isForward);
            default -> {
                if (isForward) {
                    takeForward(type, in);
                } else {
                    takeReverse(type, in);
                }
            }
        }
        in.finish();
    }

    private void takeForward(int type, Payload in) throws StreamRefused {
        switch (type) {
            case 1 -> {
                move(in, Stage.GREETING, Stage.SHAPING);
                greeting.hello(in);
            }
            case 3 -> {
                in.require(stage == Stage.SHAPING, "Guest twice, or before Hello");
                greeting.guest(in);
                pages.setPageBytes(greeting.pageBytes());
            }
            case 4 -> ranges(in);
            case 8 -> move(in, Stage.AT_SOURCE, Stage.PAUSED);
            case 9 -> {
                move(in, Stage.PAUSED, Stage.AT_SOURCE);
                pages.ledger().unpaused();
            }
            case 11 -> missing(in);
            case 12 -> hashes(in);
            case 13 -> switchOver(in);
            case 16 -> refused(in);
            case 22 -> completed(in);
            case 25 -> {
                boolean due = stage == Stage.AT_SOURCE && forward.round == 0 && greeting.allowsFiles();
                in.require(due, "Stored is not due " + where());
                files.ask(in);
            }
            default -> in.require(false, "not known, or not one of the source's");
        }
    }

    private void takeReverse(int type, Payload in) throws StreamRefused {
        switch (type) {
            case 2 -> greeting.ready(in);
            case 14 -> {
                in.require(stage == Stage.GIVEN_OVER && !resumed, "Resumed without SwitchOver, or twice");
                resumed = true;
            }
            case 15 -> {
                in.require(resumed, "a request before Resumed");
                in.u63();
                requests++;
            }
            case 17 -> {
                long round = in.u32();
                in.zeros(4);
                boolean over = round < forward.round || (round == forward.round && !forward.open);
                in.require(round >= 1 && over, "Arrived of round " + round + ", which is not over");
            }
            case 18 -> verified(in);
            case 19 -> point(in);
            case 23 -> acknowledged(in);
            case 26 -> files.answer(in);
            default -> in.require(false, "not known, or not one of the destination's");
        }
    }

    private void move(Payload in, Stage from, Stage to) throws StreamRefused {
        in.require(stage == from && !forward.open, "not due " + where());
        stage = to;
    }

    private String where() {
        return "when the migration is "
                + stage.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')
                + (forward.open ? ", in round " + forward.round : "");
    }

    private void ranges(Payload in) throws StreamRefused {
        in.require(pages.pageBytes() != 0, "before Guest");
        in.require(stage.compareTo(Stage.GIVEN_OVER) < 0, "not due " + where());
        PageRunList.read(in, (first, count) -> pages.ledger().add(first, count));
        stage = stage == Stage.SHAPING ? Stage.AT_SOURCE : stage;
    }

    private void roundBegin(Payload in, Way way, boolean isForward) throws StreamRefused {
        long round = in.u32();
        int kind = in.u8();
        in.zeros(3);
        in.require(greeting.isReady(), "a round before Ready");
        in.require(!way.open && round == way.round + 1, "round " + round + " behind round " + way.round);
        boolean due = switch (kind) {
            case 1 -> isForward && stage == Stage.AT_SOURCE;
            case 2 -> isForward && stage == Stage.PAUSED;
            case 3 -> isForward && stage == Stage.GIVEN_OVER;
            case 4 -> !isForward && greeting.allowsBackRounds() && resumed && !lastPoint && stage == Stage.GIVEN_OVER;
            default -> false;
        };
        in.require(due, "a round of kind " + kind + " is not due " + where());
        way.round++;
        way.kind = List.of("", "live", "paused", "demand", "back").get(kind);
        way.open = true;
        way.totals = new PageTotals();
        if (!isForward) {
            in.require(!backRoundDone, "a back round before the consistent point of the last one");
            stateOfPoint = false;
        }
    }

    private void pagesRecord(Payload in, Way way, boolean isForward, byte[] bytes, long at) throws IOException {
        in.require(way.open && stage != Stage.CANCELLED, "Pages outside of a round");
        PageTotals before = new PageTotals();
        int round = isForward ? way.round : -way.round;
        pages.take(in, bytes, at, round, isForward, way.kind.equals("demand"), before);
        way.totals.add(before);
        way.all.add(before);
    }

    private void roundEnd(Payload in, Way way, boolean isForward) throws StreamRefused {
        long round = in.u32();
        in.zeros(4);
        in.require(way.open && round == way.round, "the end of round " + round + " in round " + way.round);
        for (int code = 1; code <= 7; code++) {
            long pagesOfCode = in.u63();
            in.require(
                    pagesOfCode == way.totals.pages[code],
                    pagesOfCode + " pages of encoding " + code + " in a round of " + way.totals.pages[code]);
        }
        long data = in.u63();
        in.require(data == way.totals.data, data + " bytes of data in a round of " + way.totals.data);
        way.open = false;
        rounds.add(new Findings.Round(way.round, way.kind, way.totals.byEncoding(), way.totals.data, true));
        backRoundDone = !isForward;
    }

    private void state(Payload in, boolean isForward) throws StreamRefused {
        boolean due = isForward ? stage == Stage.PAUSED && !forward.open : backRoundDone;
        in.require(due, "State is not due " + where());
        int kind = in.u16();
        in.require(kind == 1 || kind == 2, "a state of kind " + kind);
        in.zeros(2);
        in.u32();
        in.require(in.left() > 0, "a state of no bytes");
        in.skip(in.left());
        stateOfPoint |= !isForward;
    }

    private void missing(Payload in) throws StreamRefused {
        in.require(stage == Stage.PAUSED && !forward.open, "Missing is not due " + where());
        Ledger ledger = pages.ledger();
        PageRunList.read(in, (first, count) -> {
            for (long page = first; page < first + count; page++) {
                ledger.miss(page);
            }
        });
    }

    private void hashes(Payload in) throws StreamRefused {
        boolean pausedSince = stage == Stage.PAUSED || stage == Stage.GIVEN_OVER;
        in.require(pausedSince, "Hashes are not due " + where());
        long first = in.u63();
        long count = in.u32();
        in.zeros(4);
        in.require(count >= 1 && count * 8 == in.left(), count + " hashes in " + in.left() + " bytes");
        for (long page = first; page < first + count; page++) {
            pages.ledger().hash(page, in.bits64());
        }
    }

    private void switchOver(Payload in) throws StreamRefused {
        move(in, Stage.PAUSED, Stage.GIVEN_OVER);
        missingAtSwitch = in.u63();
        in.require(
                missingAtSwitch == pages.ledger().missing(),
                missingAtSwitch + " missing pages, " + pages.ledger().missing() + " were named");
        in.require(greeting.isReady(), "SwitchOver before Ready");
        pages.ledger().requireComplete();
    }

    private void refused(Payload in) throws StreamRefused {
        in.require(stage == Stage.GIVEN_OVER, "Refused is not due " + where());
        long page = in.u63();
        long why = in.u32();
        in.zeros(4);
        boolean exists = pages.ledger().contains(page);
        boolean right = (why == 1 && exists && pages.ledger().isDropped(page))
                || (why == 2 && !exists)
                || (why == 3 && exists && !pages.ledger().isMissing(page));
        in.require(right, "page " + page + " is refused for reason " + why + ", which it is not");
        refusals++;
        in.require(refusals <= requests, "more refusals than requests");
    }

    private void verified(Payload in) throws StreamRefused {
        in.require(stage == Stage.PAUSED || stage == Stage.GIVEN_OVER, "Verified is not due " + where());
        long compared = in.u63();
        long different = in.u63();
        long first = in.bits64();
        in.require(
                different <= compared && (different == 0) == (first == -1),
                "different pages and no first, or a first and none");
        in.require(different == 0, "the destination found " + different + " pages that differ, the first is " + first);
    }

    private void point(Payload in) throws StreamRefused {
        long number = in.u63();
        int last = in.u8();
        in.zeros(7);
        in.require(number == points + 1, "consistent point " + number + " behind " + points);
        in.require(backRoundDone && stateOfPoint, "a consistent point without a back round and a state");
        in.require(last == 0 || (last == 1 && returning), "a last point of a migration that is not cancelled");
        backRoundDone = false;
        points++;
        lastPoint = last == 1;
    }

    private void cancel(Payload in, Way way, boolean isForward) throws StreamRefused {
        reason = in.text(1024);
        if (stage == Stage.GIVEN_OVER) {
            in.require(isForward && greeting.sendsBack() && !returning, "Cancel is not due " + where());
            returning = true;
            return;
        }
        in.require(stage.compareTo(Stage.GIVEN_OVER) < 0 || stage == Stage.CANCELLED, "Cancel is not due " + where());
        if (isForward) {
            closeOpenRound();
        }
        stage = Stage.CANCELLED;
        way.cancelled = true;
    }

    private void closeOpenRound() {
        if (forward.open) {
            forward.open = false;
            rounds.add(new Findings.Round(
                    forward.round, forward.kind, forward.totals.byEncoding(), forward.totals.data, false));
        }
    }

    private void error(Payload in, Way way, boolean isForward) throws StreamRefused {
        long code = in.u32();
        in.require(code >= 1 && code <= 5, "error " + code);
        reason = in.text(1024);
        if (isForward) {
            closeOpenRound();
        }
        way.failed = true;
        stage = Stage.FAILED;
    }

    private void completed(Payload in) throws StreamRefused {
        long outcome = in.u32();
        in.zeros(4);
        in.require(outcome == 1 || outcome == 2, "outcome " + outcome);
        returned = outcome == 2;
        in.require(resumed && !forward.open, "Completed before Resumed, or within a round");
        if (returned) {
            in.require(
                    stage == Stage.GIVEN_OVER && returning && lastPoint,
                    "the VM is back before its last consistent point");
        } else {
            in.require(stage == Stage.GIVEN_OVER && !lastPoint, "Completed is not due " + where());
            in.require(pages.ledger().missing() == 0, pages.ledger().missing() + " pages are still missing");
        }
        long sent = in.u63();
        long data = in.u63();
        in.require(
                sent == forward.all.pages() && data == forward.all.data,
                sent + " pages, " + data + " bytes; there were " + forward.all.pages() + " and " + forward.all.data);
        hashedPages = pages.ledger().compareHashes();
        stage = Stage.COMPLETED;
    }

    private void acknowledged(Payload in) throws StreamRefused {
        in.require(!acknowledged && (stage == Stage.COMPLETED || stage == Stage.CANCELLED), "not due " + where());
        acknowledged = true;
    }

    private void end(Payload in, Way way, boolean isForward) throws StreamRefused {
        in.skip(in.left());
        boolean over = !way.open && (isForward ? stage == Stage.COMPLETED : acknowledged);
        in.require(over || way.failed || way.cancelled, "End is not due " + where());
        way.ended = true;
    }

    void requireEnded() throws StreamRefused {
        if (!forward.ended) {
            throw new StreamRefused("the file ends before the forward direction does");
        }
        if (acknowledged && !reverse.ended) {
            throw new StreamRefused("the file ends before the reverse direction does");
        }
        if (stage == Stage.COMPLETED && !acknowledged) {
            throw new StreamRefused("the migration was never acknowledged");
        }
    }

    Findings findings(long records, long bytes) {
        Findings.Outcome outcome = switch (stage) {
            case COMPLETED -> returned ? Findings.Outcome.AT_SOURCE : Findings.Outcome.AT_DESTINATION;
            case CANCELLED -> Findings.Outcome.CANCELLED;
            default -> Findings.Outcome.FAILED;
        };
        return new Findings(
                greeting.name(),
                greeting.technique(),
                pages.pageBytes(),
                pages.ledger().pages(),
                records,
                bytes,
                List.copyOf(rounds),
                missingAtSwitch,
                requests,
                refusals,
                points,
                hashedPages,
                pages.decoded(),
                outcome,
                reason);
    }
}
