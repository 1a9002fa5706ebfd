package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.stream.ControlRecord;
import dev.godwit.hypervisor.stream.Direction;
import dev.godwit.hypervisor.stream.PagesRecord;
import dev.godwit.hypervisor.stream.StreamException;
import dev.godwit.hypervisor.stream.StreamReader;
import dev.godwit.hypervisor.stream.StreamRecord;
import dev.godwit.hypervisor.stream.StreamSession;
import dev.godwit.hypervisor.stream.StreamWriter;
import dev.godwit.hypervisor.transport.TcpLink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;

/** One migration as the destination sees it: takes pages, answers, compares. What it reads was checked by the reader. */
final class IncomingMigration implements AutoCloseable {
    private static final int PAGE_BYTES = 4096;

    private final TcpLink link;
    private final StreamReader reader;
    private final StreamWriter writer;
    private final HeldMemory memory;
    private final PageUnpacker unpacker = new PageUnpacker(PAGE_BYTES);
    private ControlRecord.Hello hello;
    private String name = "";
    private boolean ready;
    private boolean resumed;
    private boolean completed;
    private String cancelled;

    IncomingMigration(TcpLink link, long mostBytes) {
        this.link = link;
        StreamSession session = new StreamSession();
        reader = StreamReader.forward(session, link);
        writer = StreamWriter.reverse(session, link);
        memory = new HeldMemory(PAGE_BYTES, mostBytes / PAGE_BYTES);
    }

    /**
     * Takes part to the end.
     *
     * @return one line that says what came of it
     * @throws IOException if the peer is gone or sends what it may not, after it was told if it can be
     */
    String run() throws IOException {
        try {
            for (StreamRecord record = reader.next(); record != null; record = reader.next()) {
                take(record);
            }
            return outcome();
        } catch (StreamException refused) {
            tell(ControlRecord.Failure.PROTOCOL, refused.getMessage());
            throw refused;
        } catch (IllegalStateException noRoom) {
            tell(ControlRecord.Failure.REFUSED, noRoom.getMessage());
            throw new IOException(noRoom.getMessage(), noRoom);
        }
    }

    private void tell(int code, String text) {
        try {
            writer.write(new ControlRecord.Failure(code, text));
            writer.writeEnd(Direction.REVERSE);
            link.flush();
        } catch (IOException | IllegalStateException gone) {
            // It is being dropped anyway.
        }
    }

    private void take(StreamRecord record) throws IOException {
        if (record instanceof PagesRecord pages) {
            takePages(pages);
            return;
        }
        if (record instanceof ControlRecord.Hello greeting) {
            hello = greeting;
        } else if (record instanceof ControlRecord.Guest guest) {
            takeGuest(guest);
        } else if (record instanceof ControlRecord.Ranges) {
            beReady();
        } else if (record instanceof ControlRecord.RoundEnd round) {
            writer.write(new ControlRecord.Arrived(round.round()));
        } else if (record instanceof ControlRecord.Missing) {
            throw new StreamException("pages that come later are not taken by this host");
        } else if (record instanceof ControlRecord.SwitchOver) {
            switchOver();
        } else if (record instanceof ControlRecord.Hashes hashes) {
            memory.compare(hashes.firstPage(), hashes.hashes());
        } else if (record instanceof ControlRecord.Completed) {
            complete();
        } else if (record instanceof ControlRecord.Cancel cancel) {
            cancelled = cancel.reason();
            writer.write(new ControlRecord.Acknowledged());
            writer.writeEnd(Direction.REVERSE);
        } else if (record instanceof ControlRecord.Failure failure) {
            cancelled = failure.text();
        }
        link.flush();
    }

    private void takeGuest(ControlRecord.Guest guest) throws StreamException {
        if (guest.pageBytes() != PAGE_BYTES || guest.flags() != 0) {
            throw new StreamException("a guest with pages of " + guest.pageBytes() + " bytes and flags " + guest.flags()
                    + " is not taken by this host");
        }
        name = guest.name();
    }

    private void beReady() throws IOException {
        if (!ready) {
            ready = true;
            writer.write(new ControlRecord.Ready(hello.session(), 0, new byte[0]));
        }
    }

    private void switchOver() throws IOException {
        long unknown = memory.firstUnknown(reader.session().ranges());
        if (unknown >= 0) {
            throw new StreamException("page " + unknown + " never came, and the guest was to run");
        }
        resumed = true;
        writer.write(new ControlRecord.Resumed());
    }

    private void complete() throws IOException {
        completed = resumed;
        writer.write(new ControlRecord.Verified(memory.compared(), memory.different(), memory.firstDifferent()));
        writer.write(new ControlRecord.Acknowledged());
        writer.writeEnd(Direction.REVERSE);
    }

    private void takePages(PagesRecord pages) throws StreamException {
        while (pages.next()) {
            ByteBuffer data = pages.data();
            switch (pages.encoding()) {
                case RAW -> memory.put(pages.firstPage(), pages.pages(), data);
                case ZERO -> memory.putZeros(pages.firstPage(), pages.pages());
                case DROPPED -> memory.drop(pages.firstPage(), pages.pages());
                case DELTA, LZ4, ZSTD ->
                    memory.put(
                            pages.firstPage(), 1, unpacker.unpack(pages.encoding(), pages.firstPage(), data, memory));
                case STORED ->
                    throw new StreamException("pages as " + pages.encoding().label() + " are not taken by this host");
            }
        }
    }

    private String outcome() {
        if (completed) {
            return String.format(
                    Locale.ROOT,
                    "%s arrived: %d pages held, %d dropped, %d compared, %d differ",
                    name,
                    memory.heldPages(),
                    memory.droppedPages(),
                    memory.compared(),
                    memory.different());
        }
        return name + (cancelled == null ? " was not completed" : " was cancelled by its source: " + cancelled);
    }

    @Override
    public void close() {
        memory.close();
        unpacker.close();
    }
}
