package dev.godwit.benchmarks;

import dev.godwit.hypervisor.migration.CancelToken;
import dev.godwit.hypervisor.migration.MigrationStatus;
import dev.godwit.hypervisor.migration.ProgressListener;
import dev.godwit.hypervisor.migration.RoundStatistics;
import dev.godwit.hypervisor.migration.rehearse.DestinationHost;
import dev.godwit.hypervisor.migration.rehearse.Rehearsal;
import dev.godwit.hypervisor.migration.rehearse.RehearsalOptions;
import dev.godwit.hypervisor.migration.rehearse.RehearsalResult;
import dev.godwit.hypervisor.transport.TcpOptions;
import dev.godwit.linux.NativeAccess;
import dev.godwit.linux.NativeBuffer;
import dev.godwit.linux.ProcessMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * How fast a rehearsal is: the memory of an idle JVM with 1 GiB of random bytes on its heap goes over loopback to a second
 * process, by the engine that {@code godwit rehearse} uses, with no limit that it could reach. Prints what the first round
 * carried per second, and what it carried per second of the sending thread's processor time: pages read, encoded and sent
 * on one core; and the same of the receiving process, which compares hashes too. For comparison, from the same run: copying
 * memory, and reading the same process without sending.
 */
public final class RehearsalThroughput {
    private static final int MEBIBYTE = 1 << 20;
    private static final int HEAP_MEBIBYTES = 1024;
    private static final int READ_BYTES = 512 * MEBIBYTE;
    private static final int CHUNK = 256 << 10;

    /** More than any loopback carries. */
    private static final long NO_LIMIT = 100_000_000_000L;

    private RehearsalThroughput() {}

    /** Takes the number of rehearsals: 5 unless given. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 1 && arguments[0].equals("program")) {
            program();
        } else if (arguments.length == 1 && arguments[0].equals("host")) {
            host();
        } else {
            measure(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5);
        }
    }

    private static void measure(int repetitions) throws IOException {
        NativeAccess.initialise();
        Process program = fork("-Xms1500m", "program");
        Process host = fork("-Xmx128m", "host");
        try {
            String[] said = line(program).split(" ");
            long pid = Long.parseLong(said[0]);
            long address = Long.parseUnsignedLong(said[1], 16);
            said = line(host).split(" ");
            InetSocketAddress destination =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(said[0]));
            ProcessHandle receiver = ProcessHandle.of(Long.parseLong(said[1])).orElseThrow();
            for (int i = 0; i < repetitions; i++) {
                double copy = copy();
                double read = read(pid, address);
                long receivedFrom = cpuNanos(receiver);
                Round round = rehearse(pid, destination);
                long receiving = cpuNanos(receiver) - receivedFrom;
                System.out.printf(
                        "copy %.2f GB/s, read from the process %.2f GB/s, rehearsed %.2f GB/s,"
                                + " per second of the sender's processor %.2f GB/s, of the receiver's %.2f GB/s%n",
                        copy,
                        read,
                        (double) round.bytes / round.nanos,
                        (double) round.bytes / round.cpuNanos,
                        (double) round.bytes / receiving);
            }
        } finally {
            program.getOutputStream().close();
            host.getOutputStream().close();
        }
    }

    private record Round(long bytes, long nanos, long cpuNanos) {}

    private static Round rehearse(long pid, InetSocketAddress destination) {
        List<Round> rounds = new ArrayList<>();
        long[] cpuFrom = {cpuNanos()};
        ProgressListener listener = new ProgressListener() {
            @Override
            public void progressed(int round, long donePages, long totalPages) {
                // The round tells.
            }

            @Override
            public void roundEnded(RoundStatistics round) {
                long now = cpuNanos();
                rounds.add(new Round(round.sentBytes(), round.durationNanos(), now - cpuFrom[0]));
                cpuFrom[0] = now;
            }
        };
        RehearsalOptions options = new RehearsalOptions(
                pid,
                "benchmark",
                destination,
                TcpOptions.defaults().withBandwidthBytesPerSecond(NO_LIMIT),
                false,
                300_000_000,
                30,
                false);
        RehearsalResult result = Rehearsal.run(options, Optional.empty(), listener, new CancelToken());
        if (result.migration().status() != MigrationStatus.COMPLETED) {
            throw new IllegalStateException(result.migration().reason());
        }
        return rounds.get(0);
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** Of a whole process, to the kernel's tick of 10 ms; with the comparison of hashes, and the JIT compiler, in it. */
    private static long cpuNanos(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow().toNanos();
    }

    private static double copy() {
        ByteBuffer from = ByteBuffer.allocateDirect(256 * MEBIBYTE);
        ByteBuffer to = ByteBuffer.allocateDirect(256 * MEBIBYTE);
        to.put(from.clear());
        long start = System.nanoTime();
        for (int i = 0; i < 4; i++) {
            to.clear().put(from.clear());
        }
        return 4.0 * from.capacity() / (System.nanoTime() - start);
    }

    private static double read(long pid, long address) {
        try (ProcessMemory memory = ProcessMemory.of(pid);
                NativeBuffer into = NativeBuffer.shared(CHUNK)) {
            long bytes = READ_BYTES;
            long start = System.nanoTime();
            for (long at = 0; at < bytes; at += CHUNK) {
                if (memory.read(address + at, into.address(), CHUNK) != CHUNK) {
                    throw new IllegalStateException("the program's memory cannot be read");
                }
            }
            return (double) bytes / (System.nanoTime() - start);
        }
    }

    /** A process that is no child of this one, which could not be rehearsed; it ends when its input does. */
    private static Process fork(String memory, String role) throws IOException {
        return new ProcessBuilder(
                        "sh",
                        "-c",
                        "exec 3<&0; \"$@\" <&3 & wait",
                        "sh",
                        System.getProperty("java.home") + "/bin/java",
                        memory,
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RehearsalThroughput.class.getName(),
                        role)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String line(Process process) throws IOException {
        String line =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        if (line == null) {
            throw new IOException("a process of the benchmark ended early");
        }
        return line;
    }

    /** Has memory, says where, and waits until its parent ends. */
    private static void program() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        List<byte[]> held = new ArrayList<>();
        for (int i = 0; i < HEAP_MEBIBYTES; i++) {
            byte[] bytes = new byte[MEBIBYTE - 16];
            random.nextBytes(bytes);
            held.add(bytes);
        }
        NativeAccess.initialise();
        try (NativeBuffer outside = NativeBuffer.privateMemory(READ_BYTES)) {
            ByteBuffer bytes = outside.slice(0, READ_BYTES);
            while (bytes.hasRemaining()) {
                bytes.putLong(random.nextLong());
            }
            System.out.println(ProcessHandle.current().pid() + " " + Long.toHexString(outside.address()));
            int unused = System.in.read();
        }
    }

    private static void host() throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        DestinationHost host = DestinationHost.listen(any, TcpOptions.defaults(), 4L << 30, line -> {});
        System.out.println(
                host.address().getPort() + " " + ProcessHandle.current().pid());
        Thread server = new Thread(() -> {
            try {
                host.serve();
            } catch (IOException | InterruptedException ended) {
                System.err.println("the host ended: " + ended);
            }
        });
        server.setDaemon(true);
        server.start();
        int unused = System.in.read();
    }
}
