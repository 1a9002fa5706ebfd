package dev.godwit.hypervisor.stream;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Payloads of control records to bytes and back. No state. */
final class RecordCodec {
    private RecordCodec() {}

    /**
     * Puts the payload of a record; End is laid out by the writer.
     *
     * @throws java.nio.BufferOverflowException if it does not fit
     */
    static void encode(ControlRecord record, ByteBuffer out) {
        if (record instanceof ControlRecord.Hello hello) {
            putGreeting(out, hello.session(), hello.features(), hello.token());
        } else if (record instanceof ControlRecord.Ready ready) {
            putGreeting(out, ready.session(), ready.features(), ready.token());
        } else if (record instanceof ControlRecord.Guest guest) {
            out.putInt(guest.pageBytes()).putInt(guest.flags());
            putText(out, guest.name(), StreamFormat.MAX_NAME_BYTES);
            putText(out, guest.technique(), StreamFormat.MAX_NAME_BYTES);
        } else if (record instanceof ControlRecord.Ranges ranges) {
            putRuns(out, ranges.runs());
        } else if (record instanceof ControlRecord.Missing missing) {
            putRuns(out, missing.runs());
        } else if (record instanceof ControlRecord.RoundBegin begin) {
            out.putInt(begin.round()).putInt(begin.kind().code());
        } else if (record instanceof ControlRecord.RoundEnd end) {
            out.putInt(end.round()).putInt(0);
            for (WireEncoding encoding : WireEncoding.values()) {
                out.putLong(end.counts().pages(encoding));
            }
            out.putLong(end.counts().dataBytes());
        } else if (record instanceof ControlRecord.State state) {
            out.putInt(state.kind()).putInt(state.id()).put(state.bytes());
        } else if (record instanceof ControlRecord.Hashes hashes) {
            putHashes(out, hashes.firstPage(), hashes.hashes());
        } else if (record instanceof ControlRecord.SwitchOver over) {
            out.putLong(over.missingPages());
        } else if (record instanceof ControlRecord.Request request) {
            out.putLong(request.page());
        } else if (record instanceof ControlRecord.Refused refused) {
            out.putLong(refused.page()).putInt(refused.reason()).putInt(0);
        } else {
            encodeOutcome(record, out);
        }
    }

    private static void encodeOutcome(ControlRecord record, ByteBuffer out) {
        if (record instanceof ControlRecord.Arrived arrived) {
            out.putInt(arrived.round()).putInt(0);
        } else if (record instanceof ControlRecord.Verified verified) {
            out.putLong(verified.pages()).putLong(verified.different()).putLong(verified.firstDifferent());
        } else if (record instanceof ControlRecord.ConsistentPoint point) {
            out.putLong(point.number()).putLong(point.last() ? 1 : 0);
        } else if (record instanceof ControlRecord.Cancel cancel) {
            putText(out, cancel.reason(), StreamFormat.MAX_TEXT_BYTES);
        } else if (record instanceof ControlRecord.Failure failure) {
            out.putInt(failure.code());
            putText(out, failure.text(), StreamFormat.MAX_TEXT_BYTES);
        } else if (record instanceof ControlRecord.Completed completed) {
            out.putInt(completed.outcome()).putInt(0).putLong(completed.pages()).putLong(completed.dataBytes());
        } else if (record instanceof ControlRecord.Stored stored) {
            out.putLong(stored.firstPage()).putInt(stored.pages()).putInt(0).putLong(stored.offset());
            putText(out, stored.path(), StreamFormat.MAX_PATH_BYTES);
        } else if (record instanceof ControlRecord.StoredHashes read) {
            putHashes(out, read.firstPage(), read.hashes());
        } else if (record instanceof ControlRecord.End end) {
            out.putLong(end.records()).putLong(end.bytes()).put(end.digest());
        }
        // Paused, Unpaused, Resumed and Acknowledged have no payload.
    }

    private static void putGreeting(ByteBuffer out, byte[] session, int features, byte[] token) {
        if (session.length != StreamFormat.SESSION_BYTES || token.length > StreamFormat.MAX_TOKEN_BYTES) {
            throw new IllegalArgumentException("session of " + session.length + " and token of " + token.length
                    + " bytes: give " + StreamFormat.SESSION_BYTES + " and at most " + StreamFormat.MAX_TOKEN_BYTES);
        }
        out.put(session)
                .putInt(features)
                .putShort((short) token.length)
                .putShort((short) 0)
                .put(token);
    }

    private static void putHashes(ByteBuffer out, long firstPage, long[] hashes) {
        out.putLong(firstPage).putInt(hashes.length).putInt(0);
        out.asLongBuffer().put(hashes);
        out.position(out.position() + hashes.length * Long.BYTES);
    }

    private static void putRuns(ByteBuffer out, List<PageRun> runs) {
        out.putInt(runs.size()).putInt(0);
        for (PageRun run : runs) {
            out.putLong(run.first()).putInt(run.pages()).putInt(run.kind());
        }
    }

    /** Cuts a text that is too long, and takes out what would make two lines of it. */
    private static void putText(ByteBuffer out, String text, int atMostBytes) {
        ByteBuffer bytes = ByteBuffer.allocate(atMostBytes);
        String line = text.replaceAll("[\\p{Cntrl}\\x80-\\x9F]+", " ");
        StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(line), bytes, true);
        bytes.flip();
        out.putShort((short) bytes.remaining()).put(bytes);
    }

    /**
     * Takes a payload, all that is left in the buffer.
     *
     * @throws StreamException if it is none of such a record
     * @throws java.nio.BufferUnderflowException if it is cut off
     */
    static ControlRecord decode(RecordType type, ByteBuffer in) throws StreamException {
        return switch (type) {
            case HELLO -> {
                Greeting greeting = greeting(in);
                yield new ControlRecord.Hello(greeting.session, greeting.features, greeting.token);
            }
            case READY -> {
                Greeting greeting = greeting(in);
                yield new ControlRecord.Ready(greeting.session, greeting.features, greeting.token);
            }
            case GUEST -> guest(in);
            case RANGES -> new ControlRecord.Ranges(runs(in));
            case MISSING -> new ControlRecord.Missing(runs(in));
            case ROUND_BEGIN -> roundBegin(in);
            case ROUND_END -> roundEnd(in);
            case PAUSED -> new ControlRecord.Paused();
            case UNPAUSED -> new ControlRecord.Unpaused();
            case STATE -> state(in);
            case HASHES -> {
                long first = in.getLong();
                yield new ControlRecord.Hashes(first, hashes(in, first, 1));
            }
            case STORED -> stored(in);
            case STORED_HASHES -> {
                long first = in.getLong();
                yield new ControlRecord.StoredHashes(first, hashes(in, first, 0));
            }
            case SWITCH_OVER -> new ControlRecord.SwitchOver(in.getLong());
            case RESUMED -> new ControlRecord.Resumed();
            case REQUEST -> new ControlRecord.Request(pageNumber(in));
            case REFUSED -> {
                long page = in.getLong();
                int reason = code(in.getInt(), ControlRecord.Refused.SENT, "reason of a refusal");
                zero(in.getInt());
                yield new ControlRecord.Refused(page, reason);
            }
            case ARRIVED -> {
                int round = in.getInt();
                zero(in.getInt());
                yield new ControlRecord.Arrived(round);
            }
            case VERIFIED -> new ControlRecord.Verified(in.getLong(), in.getLong(), in.getLong());
            case CONSISTENT_POINT -> consistentPoint(in);
            case CANCEL -> new ControlRecord.Cancel(text(in, StreamFormat.MAX_TEXT_BYTES));
            case ERROR ->
                new ControlRecord.Failure(
                        code(in.getInt(), ControlRecord.Failure.REFUSED, "code of an error"),
                        text(in, StreamFormat.MAX_TEXT_BYTES));
            case COMPLETED -> {
                int outcome = code(in.getInt(), ControlRecord.Completed.AT_SOURCE, "outcome");
                zero(in.getInt());
                yield new ControlRecord.Completed(outcome, in.getLong(), in.getLong());
            }
            case ACKNOWLEDGED -> new ControlRecord.Acknowledged();
            case END -> new ControlRecord.End(in.getLong(), in.getLong(), bytes(in, StreamFormat.DIGEST_BYTES));
            case PAGES -> throw new IllegalArgumentException("pages are read by PagesRecord");
        };
    }

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Greeting(byte[] session, int features, byte[] token) {}

    private static Greeting greeting(ByteBuffer in) throws StreamException {
        byte[] session = bytes(in, StreamFormat.SESSION_BYTES);
        int features = in.getInt();
        if ((features & ~(StreamFormat.FEATURE_SEND_BACK | StreamFormat.FEATURE_FILES)) != 0) {
            throw new StreamException("features " + Integer.toHexString(features) + " are not known");
        }
        int tokenBytes = in.getShort() & 0xFFFF;
        zero(in.getShort());
        if (tokenBytes > StreamFormat.MAX_TOKEN_BYTES) {
            throw new StreamException("a token of " + tokenBytes + " bytes, more than " + StreamFormat.MAX_TOKEN_BYTES);
        }
        return new Greeting(session, features, bytes(in, tokenBytes));
    }

    private static ControlRecord guest(ByteBuffer in) throws StreamException {
        int pageBytes = in.getInt();
        if (pageBytes < StreamFormat.MIN_PAGE_BYTES
                || pageBytes > StreamFormat.MAX_PAGE_BYTES
                || Integer.bitCount(pageBytes) != 1) {
            throw new StreamException("pages of " + Integer.toUnsignedString(pageBytes)
                    + " bytes: a power of two from 4096 to 65536 is read");
        }
        int flags = in.getInt();
        if ((flags & ~StreamFormat.GUEST_SENDS_BACK) != 0) {
            throw new StreamException("flags " + Integer.toHexString(flags) + " of a guest are not known");
        }
        return new ControlRecord.Guest(
                pageBytes, flags, text(in, StreamFormat.MAX_NAME_BYTES), text(in, StreamFormat.MAX_NAME_BYTES));
    }

    private static List<PageRun> runs(ByteBuffer in) throws StreamException {
        int count = in.getInt();
        zero(in.getInt());
        // Before anything is allocated for them.
        if (count < 0 || (long) count * StreamFormat.RUN_BYTES != in.remaining()) {
            throw new StreamException(Integer.toUnsignedString(count) + " runs in " + in.remaining() + " bytes");
        }
        List<PageRun> runs = new ArrayList<>(count);
        long from = 0;
        for (int i = 0; i < count; i++) {
            PageRun run = new PageRun(in.getLong(), in.getInt(), in.getInt());
            if (run.first() < from
                    || run.pages() < 1
                    || run.first() >= StreamFormat.MAX_PAGE_NUMBER
                    || run.end() > StreamFormat.MAX_PAGE_NUMBER) {
                throw new StreamException("a run of " + Integer.toUnsignedString(run.pages()) + " pages from "
                        + Long.toUnsignedString(run.first()) + " is empty, out of order or too far up");
            }
            from = run.end();
            runs.add(run);
        }
        return runs;
    }

    private static ControlRecord roundBegin(ByteBuffer in) throws StreamException {
        int round = in.getInt();
        int code = in.getInt();
        RoundKind kind = RoundKind.ofCode(code);
        if (kind == null) {
            throw new StreamException("kind " + Integer.toUnsignedString(code) + " of a round is not known");
        }
        return new ControlRecord.RoundBegin(round, kind);
    }

    private static ControlRecord roundEnd(ByteBuffer in) throws StreamException {
        int round = in.getInt();
        zero(in.getInt());
        PageCounts counts = new PageCounts();
        for (WireEncoding encoding : WireEncoding.values()) {
            counts.add(encoding, in.getLong(), 0);
        }
        counts.add(WireEncoding.ZERO, 0, in.getLong());
        return new ControlRecord.RoundEnd(round, counts);
    }

    private static ControlRecord state(ByteBuffer in) throws StreamException {
        int kind = code(in.getInt(), ControlRecord.State.DEVICE, "kind of a state");
        int id = in.getInt();
        if (!in.hasRemaining()) {
            throw new StreamException("a state of no bytes");
        }
        return new ControlRecord.State(kind, id, bytes(in, in.remaining()));
    }

    private static ControlRecord stored(ByteBuffer in) throws StreamException {
        long first = in.getLong();
        int pages = in.getInt();
        zero(in.getInt());
        long offset = in.getLong();
        if (pages < 1
                || pages > StreamFormat.MAX_STORED_PAGES
                || first < 0
                || first > StreamFormat.MAX_PAGE_NUMBER - pages
                || offset < 0) {
            throw new StreamException(Integer.toUnsignedString(pages) + " pages from " + Long.toUnsignedString(first)
                    + " at " + Long.toUnsignedString(offset) + " of a file");
        }
        return new ControlRecord.Stored(first, pages, offset, text(in, StreamFormat.MAX_PATH_BYTES));
    }

    private static long[] hashes(ByteBuffer in, long first, int atLeast) throws StreamException {
        int pages = in.getInt();
        zero(in.getInt());
        if (pages < atLeast
                || (long) pages * Long.BYTES != in.remaining()
                || first < 0
                || first > StreamFormat.MAX_PAGE_NUMBER - pages) {
            throw new StreamException(Integer.toUnsignedString(pages) + " hashes of pages from "
                    + Long.toUnsignedString(first) + " in " + in.remaining() + " bytes");
        }
        long[] hashes = new long[pages];
        in.asLongBuffer().get(hashes);
        in.position(in.limit());
        return hashes;
    }

    private static ControlRecord consistentPoint(ByteBuffer in) throws StreamException {
        long number = in.getLong();
        long last = in.getLong();
        if (number < 1 || last < 0 || last > 1) {
            throw new StreamException(
                    "a consistent point numbered " + Long.toUnsignedString(number) + ", last " + last);
        }
        return new ControlRecord.ConsistentPoint(number, last == 1);
    }

    private static long pageNumber(ByteBuffer in) throws StreamException {
        long page = in.getLong();
        if (page < 0 || page >= StreamFormat.MAX_PAGE_NUMBER) {
            throw new StreamException("page number " + Long.toUnsignedString(page) + " is too far up");
        }
        return page;
    }

    private static int code(int code, int last, String what) throws StreamException {
        if (code < 1 || code > last) {
            throw new StreamException(what + " " + Integer.toUnsignedString(code) + " is not known");
        }
        return code;
    }

    private static void zero(int reserved) throws StreamException {
        if (reserved != 0) {
            throw new StreamException("a field that must be zero holds " + Integer.toHexString(reserved));
        }
    }

    private static String text(ByteBuffer in, int atMostBytes) throws StreamException {
        int length = in.getShort() & 0xFFFF;
        if (length > atMostBytes) {
            throw new StreamException("a text of " + length + " bytes, more than " + atMostBytes);
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(in, length)))
                    .toString();
            if (text.chars().anyMatch(Character::isISOControl)) {
                throw new StreamException("a text with control characters");
            }
            return text;
        } catch (CharacterCodingException bad) {
            throw new StreamException("a text that is not UTF-8");
        }
    }

    private static byte[] bytes(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
