package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.stream.ControlRecord;
import dev.godwit.hypervisor.stream.Direction;
import dev.godwit.hypervisor.stream.PagesRecord;
import dev.godwit.hypervisor.stream.StreamException;
import dev.godwit.hypervisor.stream.StreamFormat;
import dev.godwit.hypervisor.stream.StreamReader;
import dev.godwit.hypervisor.stream.StreamRecord;
import dev.godwit.hypervisor.stream.StreamSession;
import dev.godwit.hypervisor.stream.StreamWriter;
import dev.godwit.hypervisor.transport.TcpLink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One migration as the destination sees it: takes pages, answers, compares. What it reads was checked by the reader. */
final class IncomingMigration implements AutoCloseable {
    private static final int PAGE_BYTES = 4096;

    private final TcpLink link;
    private final StreamReader reader;
    private final StreamWriter writer;
    private final HeldMemory memory;
    private final StoredFiles files;
    private final PageUnpacker unpacker = new PageUnpacker(PAGE_BYTES);
    private final Map<String, IncomingMigration> sessions;
    private volatile ReturnPort port;
    private boolean ahead;
    private ControlRecord.Hello hello;
    private String name = "";
    private boolean ready;
    private boolean resumed;
    private boolean completed;
    private String cancelled;

    /**
     * @param first bytes of the link that were read already
     * @param storage directories below which pages may be read from files
     * @param sessions where it can be found while it goes on
     */
    IncomingMigration(
            TcpLink link,
            ByteBuffer first,
            long mostBytes,
            List<Path> storage,
            Map<String, IncomingMigration> sessions) {
        this.link = link;
        this.sessions = sessions;
        StreamSession session = new StreamSession();
        reader = StreamReader.forward(session, new Begun(first, link));
        writer = StreamWriter.reverse(session, link);
        memory = new HeldMemory(PAGE_BYTES, mostBytes / PAGE_BYTES);
        // Kept beside the memory that they may become.
        files = new StoredFiles(storage, PAGE_BYTES, mostBytes / PAGE_BYTES / 2);
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
            sessions.put(name(greeting.session()), this);
        } else if (record instanceof ControlRecord.Guest guest) {
            takeGuest(guest);
        } else if (record instanceof ControlRecord.Ranges) {
            beReady();
        } else if (record instanceof ControlRecord.Stored stored) {
            writer.write(new ControlRecord.StoredHashes(
                    stored.firstPage(),
                    files.read(stored.path(), stored.offset(), stored.firstPage(), stored.pages())));
        } else if (record instanceof ControlRecord.RoundEnd round) {
            writer.write(new ControlRecord.Arrived(round.round()));
        } else if (record instanceof ControlRecord.Missing missing) {
            missing.runs().forEach(run -> memory.expect(run.first(), run.pages()));
        } else if (record instanceof ControlRecord.SwitchOver) {
            switchOver();
        } else if (record instanceof ControlRecord.Hashes hashes) {
            memory.compare(hashes.firstPage(), hashes.hashes());
        } else if (record instanceof ControlRecord.Completed over) {
            complete(over.outcome() == ControlRecord.Completed.AT_DESTINATION);
        } else if (record instanceof ControlRecord.Cancel cancel) {
            cancelled = cancel.reason();
            if (ahead) {
                // The program comes back; what it wrote is on the way already.
                return;
            }
            writer.write(new ControlRecord.Acknowledged());
            writer.writeEnd(Direction.REVERSE);
        } else if (record instanceof ControlRecord.Failure failure) {
            cancelled = failure.text();
        }
        link.flush();
    }

    private void takeGuest(ControlRecord.Guest guest) throws StreamException {
        if (guest.pageBytes() != PAGE_BYTES || (guest.flags() & ~StreamFormat.GUEST_SENDS_BACK) != 0) {
            throw new StreamException("a guest with pages of " + guest.pageBytes() + " bytes and flags " + guest.flags()
                    + " is not taken by this host");
        }
        name = guest.name();
    }

    private void beReady() throws IOException {
        if (!ready) {
            ready = true;
            int features = StreamFormat.FEATURE_SEND_BACK | (files.areAllowed() ? StreamFormat.FEATURE_FILES : 0);
            writer.write(new ControlRecord.Ready(hello.session(), hello.features() & features, new byte[0]));
        }
    }

    private void switchOver() throws IOException {
        long unknown = memory.firstUnknown(reader.session().ranges());
        if (unknown >= 0) {
            throw new StreamException("page " + unknown + " never came, and the guest was to run");
        }
        if (memory.missingPages() > 0 && port == null) {
            throw new StreamException(
                    memory.missingPages() + " pages come later, and the program has no connection here");
        }
        resumed = true;
        ahead = true;
        writer.write(new ControlRecord.Resumed());
    }

    private void complete(boolean here) throws IOException {
        if (here && memory.missingPages() > 0) {
            throw new StreamException(memory.missingPages() + " pages never came, and the migration was to be over");
        }
        completed = resumed && here;
        writer.write(new ControlRecord.Verified(memory.compared(), memory.different(), memory.firstDifferent()));
        writer.write(new ControlRecord.Acknowledged());
        writer.writeEnd(Direction.REVERSE);
    }

    private void takePages(PagesRecord pages) throws IOException {
        while (pages.next()) {
            ByteBuffer data = pages.data();
            switch (pages.encoding()) {
                case RAW -> memory.put(pages.firstPage(), pages.pages(), data);
                case ZERO -> memory.putZeros(pages.firstPage(), pages.pages());
                case DROPPED -> memory.drop(pages.firstPage(), pages.pages());
                case DELTA, LZ4, ZSTD ->
                    memory.put(
                            pages.firstPage(), 1, unpacker.unpack(pages.encoding(), pages.firstPage(), data, memory));
                case STORED -> takeStored(pages.firstPage(), pages.pages());
            }
            if (ahead) {
                giveBack(pages.firstPage(), pages.pages());
            }
        }
    }

    private void takeStored(long firstPage, int count) throws IOException {
        for (long page = firstPage; page < firstPage + count; page++) {
            memory.put(page, 1, files.page(page));
        }
    }

    /** The program waits for them, and is not here. */
    private void giveBack(long firstPage, int count) throws IOException {
        long end = firstPage + count;
        for (long page = firstPage; page < end; ) {
            ByteBuffer data = memory.pages(page, (int) Math.min(ReturnPort.MOST_PAGES, end - page));
            int given = data.remaining() / PAGE_BYTES;
            port.give(page, given, data);
            page += given;
        }
    }

    /** A program that stays with its source belongs to this migration. */
    void attach(ReturnPort opened) {
        port = opened;
    }

    /** How a migration is found. */
    static String name(byte[] session) {
        return HexFormat.of().formatHex(session);
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
        if (hello != null) {
            sessions.remove(name(hello.session()), this);
        }
        memory.close();
        files.close();
        unpacker.close();
        if (port != null) {
            try {
                port.close();
            } catch (IOException closedAnyway) {
                // The program has all it gets from here.
            }
        }
    }

    /** A channel of which the first bytes were read already. */
    private record Begun(ByteBuffer first, ReadableByteChannel rest) implements ReadableByteChannel {
        @Override
        public int read(ByteBuffer into) throws IOException {
            if (!first.hasRemaining()) {
                return rest.read(into);
            }
            int read = 0;
            for (; first.hasRemaining() && into.hasRemaining(); read++) {
                into.put(first.get());
            }
            return read;
        }

        @Override
        public boolean isOpen() {
            return rest.isOpen();
        }

        @Override
        public void close() throws IOException {
            rest.close();
        }
    }
}
