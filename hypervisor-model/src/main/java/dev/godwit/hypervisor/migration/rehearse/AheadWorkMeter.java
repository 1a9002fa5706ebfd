package dev.godwit.hypervisor.migration.rehearse;

import dev.godwit.hypervisor.migration.AheadWork;
import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.sim.ProcessorTime;
import dev.godwit.hypervisor.transport.TcpOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Measures what a page asks of the processors of this machine while a program runs ahead of its memory: a program that does nothing
 * ({@link PagesOfNobody}) is rehearsed by post-copy, without a limit, and the processor time of the threads that have to do with
 * its pages is taken between the first quarter of them and the last. Some seconds; less if this process has rehearsed before.
 */
public final class AheadWorkMeter implements ProgressListener {
    /** 256 MiB of 4 KiB pages. */
    private static final int PAGES = 1 << 16;

    private static final long LONGEST_PAUSE_NANOS = 10_000_000_000L;

    private final long hostPid;
    private AheadRehearsal rehearsal;
    private Sample first;
    private Sample last;

    /** Processor time of the threads when so many pages had been sent. */
    private record Sample(long pages, long sendNanos, long hostNanos, long takeNanos, long placeNanos) {
        AheadWork perPageSince(Sample before, long handOverNanos) {
            double more = pages - before.pages;
            return new AheadWork(
                    (sendNanos - before.sendNanos) / more,
                    (hostNanos - before.hostNanos) / more,
                    (takeNanos - before.takeNanos) / more,
                    (placeNanos - before.placeNanos) / more,
                    handOverNanos);
        }
    }

    private AheadWorkMeter(long hostPid) {
        this.hostPid = hostPid;
    }

    /**
     * Measures.
     *
     * @param address where a host listens that serves nobody else, and is warm
     * @param options how to connect; without a limit
     * @param hostPid its process, on this machine
     * @throws IOException if it cannot be measured; one line
     */
    public static AheadWork measure(InetSocketAddress address, TcpOptions options, long hostPid) throws IOException {
        return measure(address, options, hostPid, PAGES);
    }

    /**
     * The same.
     *
     * @param pages of the program
     */
    static AheadWork measure(InetSocketAddress address, TcpOptions options, long hostPid, int pages)
            throws IOException {
        Process nobody = start(pages);
        try {
            return new AheadWorkMeter(hostPid).rehearse(address, options, nobody.pid());
        } catch (RuntimeException broken) {
            throw new IOException("the measurement broke off: " + broken.getMessage(), broken);
        } finally {
            nobody.destroyForcibly();
        }
    }

    private static Process start(int pages) throws IOException {
        Process nobody = new ProcessBuilder(List.of(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:+UseSerialGC",
                        "-Xmx32m",
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PagesOfNobody.class.getName(),
                        Integer.toString(pages)))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader said =
                new BufferedReader(new InputStreamReader(nobody.getInputStream(), StandardCharsets.UTF_8));
        String line = said.readLine();
        if (!PagesOfNobody.READY.equals(line)) {
            nobody.destroyForcibly();
            throw new IOException("a program with pages of nobody did not start");
        }
        return nobody;
    }

    private AheadWork rehearse(InetSocketAddress address, TcpOptions options, long pid) throws IOException {
        RehearsalOptions asked = new RehearsalOptions(
                        pid, "nobody", address, options, false, LONGEST_PAUSE_NANOS, 1, false)
                .withTechnique(RehearsedTechnique.POST_COPY);
        rehearsal = new AheadRehearsal(asked, Optional.empty(), this, new CancelToken());
        RehearsalResult result = rehearsal.run();
        if (result.migration().status() != MigrationStatus.COMPLETED) {
            throw new IOException("a program that does nothing was not migrated: "
                    + result.migration().reason());
        }
        if (last == null) {
            throw new IOException("too few pages to measure anything");
        }
        if (last.hostNanos <= first.hostNanos) {
            throw new IOException("the kernel does not say what processor time threads have had (schedstat)");
        }
        return last.perPageSince(first, handOverNanos(result));
    }

    /** What a rehearsal needs to look which pages there are depends on how many it has: it is none of it. */
    private static long handOverNanos(RehearsalResult result) {
        long surveyNanos = result.ahead().map(AheadResult::surveyPauseNanos).orElse(0L);
        return Math.max(0, result.migration().statistics().downtimeNanos() - surveyNanos);
    }

    @Override
    public void progressed(int round, long donePages, long totalPages) {
        if (first == null && donePages >= totalPages / 4) {
            first = sample(donePages);
        } else {
            last = sample(donePages);
        }
    }

    private Sample sample(long pages) {
        return new Sample(
                pages,
                ProcessorTime.ofThisThreadNanos(),
                ProcessorTime.ofThreadsNanos(hostPid, DestinationHost.THREAD_NAME),
                ProcessorTime.ofThreadsNanos(ProcessHandle.current().pid(), ReturnedPages.THREAD_NAME),
                ProcessorTime.ofThreadsNanos(rehearsal.guardianPid(), ""));
    }
}
