package dev.godwit.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A second reader, written from {@code FORMAT.md} alone: it shares no code with the first, so that the two agree only if
 * the text is right.
 */
class SecondReaderTest {
    @TempDir
    Path temp;

    @Test
    void theFormatIsWhatTheTextSays() throws IOException {
        Path trace = temp.resolve("trace");
        RandomRecords random = new RandomRecords(21);
        List<TraceRecord> written = new ArrayList<>();
        written.add(random.facts());
        for (int i = 0; i < 100; i++) {
            written.add(random.dirtyPages());
            written.add(random.heapLayout(20));
            written.add(new Notice(i, random.text()));
            written.add(random.signals());
            written.add(random.declaredMemory());
        }
        Traces.write(trace, written);

        Reader reader = new Reader(Files.readAllBytes(Traces.queueFile(trace)));
        for (TraceRecord record : written) {
            assertThat(reader.next()).isTrue();
            assertThat(reader.number(8)).isEqualTo(record.timeNanos());
            if (record instanceof DirtyPages dirty) {
                assertThat(reader.type).isEqualTo(5);
                assertThat(reader.number(8)).isEqualTo(dirty.fromNanos());
                assertThat(reader.number(8)).isEqualTo(dirty.epoch());
                assertThat(reader.pages()).isEqualTo(map(dirty.written()));
                assertThat(reader.pages()).isEqualTo(map(dirty.assumed()));
                assertThat(reader.pages()).isEqualTo(map(dirty.dropped()));
                assertThat(reader.at).isEqualTo(reader.end);
            } else if (record instanceof HeapLayout layout) {
                assertThat(reader.type).isEqualTo(4);
                assertThat(reader.number(8)).isEqualTo(layout.epoch());
                assertThat(reader.spaces()).isEqualTo(describe(layout));
                assertThat(reader.at).isEqualTo(reader.end);
            } else if (record instanceof Notice notice) {
                assertThat(reader.type).isEqualTo(9);
                assertThat(reader.string()).isEqualTo(notice.text());
                assertThat(reader.at).isEqualTo(reader.end);
            } else if (record instanceof JvmSignals signals) {
                assertThat(reader.type).isEqualTo(12);
                assertThat(reader.signals()).isEqualTo(signals);
                assertThat(reader.at).isEqualTo(reader.end);
            } else if (record instanceof DeclaredMemory declared) {
                assertThat(reader.type).isEqualTo(13);
                assertThat(reader.number(1)).isEqualTo(declared.kind().code());
                assertThat(reader.number(8)).isEqualTo(declared.start());
                assertThat(reader.number(8)).isEqualTo(declared.end());
                assertThat(reader.number(8)).isEqualTo(declared.fileOffset());
                assertThat(reader.string()).isEqualTo(declared.file());
                assertThat(reader.at).isEqualTo(reader.end);
            }
        }
        assertThat(reader.next()).isTrue();
        assertThat(reader.type).isEqualTo(11);
        reader.number(8);
        assertThat(reader.number(8)).isEqualTo(written.size());
        assertThat(reader.number(1)).isEqualTo(1);
        assertThat(reader.next()).isFalse();
    }

    private static Map<Long, Long> map(PageRuns runs) {
        Map<Long, Long> map = new TreeMap<>();
        for (int run = 0; run < runs.size(); run++) {
            map.put(runs.first(run), (long) runs.count(run));
        }
        return map;
    }

    private static List<String> describe(HeapLayout layout) {
        List<String> spaces = new ArrayList<>();
        for (int i = 0; i < layout.size(); i++) {
            spaces.add(layout.kind(i).code() + " " + layout.bottom(i) + " " + layout.top(i) + " " + layout.end(i));
        }
        return spaces;
    }

    /** Walks the documents of the file; plain arithmetic on single bytes. */
    private static final class Reader {
        private final byte[] file;
        private int document;
        private int at;
        private int end;
        private long type;

        Reader(byte[] file) {
            this.file = file;
        }

        boolean next() {
            while (true) {
                at = document;
                long header = number(4);
                if (header == 0) {
                    return false;
                }
                assertThat(header >>> 31).as("finished").isZero();
                boolean data = (header >>> 30 & 1) == 0;
                end = at + (int) (header & 0x3FFF_FFFF);
                document = end + (-end & 3);
                if (data) {
                    openEnvelope();
                    return true;
                }
            }
        }

        private void openEnvelope() {
            int start = at;
            assertThat(new String(file, start, 4, StandardCharsets.US_ASCII)).isEqualTo("GDWT");
            at += 4;
            assertThat(number(2)).isEqualTo(2);
            type = number(2);
            assertThat(number(4)).isEqualTo(end - start - 16);
            long expected = number(4);
            long crc = 0xFFFF_FFFFL;
            for (int i = start; i < end; i++) {
                crc = i >= start + 12 && i < start + 16 ? crc : castagnoli(crc ^ (file[i] & 0xFF));
            }
            assertThat(crc ^ 0xFFFF_FFFFL).isEqualTo(expected);
        }

        private static long castagnoli(long value) {
            long crc = value;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 1 ? crc >>> 1 ^ 0x82F6_3B78L : crc >>> 1;
            }
            return crc;
        }

        long number(int bytes) {
            BigInteger value = BigInteger.ZERO;
            for (int i = bytes - 1; i >= 0; i--) {
                value = value.shiftLeft(8).or(BigInteger.valueOf(file[at + i] & 0xFF));
            }
            at += bytes;
            return value.longValue();
        }

        long varint() {
            BigInteger value = BigInteger.ZERO;
            int shift = 0;
            while (true) {
                int next = file[at++] & 0xFF;
                value = value.add(BigInteger.valueOf(next % 128).shiftLeft(shift));
                shift += 7;
                if (next < 128) {
                    return value.longValueExact();
                }
            }
        }

        String string() {
            int length = (int) varint();
            at += length;
            return new String(file, at - length, length, StandardCharsets.UTF_8);
        }

        JvmSignals signals() {
            at -= 8;
            long time = number(8);
            long open = number(8);
            long oldest = number(8);
            List<String> names = new ArrayList<>();
            for (long left = varint(); left > 0; left--) {
                names.add(string());
            }
            return new JvmSignals(
                    time,
                    open,
                    oldest,
                    names,
                    number(8),
                    number(8),
                    number(8),
                    number(8),
                    number(8),
                    number(8),
                    number(8),
                    number(1) == 1,
                    number(8),
                    number(8));
        }

        Map<Long, Long> pages() {
            Map<Long, Long> pages = new TreeMap<>();
            long page = 0;
            for (long left = varint(); left > 0; left--) {
                page += varint();
                long length = varint() + 1;
                pages.put(page, length);
                page += length;
            }
            return pages;
        }

        List<String> spaces() {
            List<String> spaces = new ArrayList<>();
            long address = 0;
            long size = 0;
            for (long left = varint(); left > 0; left--) {
                int flags = (int) number(1);
                address += (flags & 16) == 0 ? 0 : varint();
                size = (flags & 32) == 0 ? size : varint();
                long used = flags / 64 == 0 ? 0 : flags / 64 == 1 ? size : varint();
                spaces.add(flags % 16 + " " + address + " " + (address + used) + " " + (address + size));
                address += size;
            }
            return spaces;
        }
    }
}
