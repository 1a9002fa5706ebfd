package dev.godwit.hypervisor.cli.rehearse;

import dev.godwit.hypervisor.cli.CommandFailure;
import dev.godwit.hypervisor.cli.ExitCode;
import dev.godwit.hypervisor.sim.Entropy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A destination host of our own: a second process, on loopback, with a secret that only the two know. It ends with this one,
 * however this one ends.
 */
public final class LocalHost implements AutoCloseable {
    /** First line that the host prints, in front of its address. */
    public static final String LISTENING = "listening at ";

    private static final int SECRET_BYTES = 32;
    private static final long END_MILLIS = 2000;

    private final Process process;
    private final InetSocketAddress address;
    private final String secret;

    private LocalHost(Process process, InetSocketAddress address, String secret) {
        this.process = process;
        this.address = address;
        this.secret = secret;
    }

    /** Starts one, and waits until it listens. */
    public static LocalHost start(String mainClass) {
        String secret = HexFormat.of().formatHex(Entropy.bytes(SECRET_BYTES));
        Process process = null;
        try {
            process = new ProcessBuilder(List.of(
                            System.getProperty("java.home") + "/bin/java",
                            "-XX:+UseSerialGC",
                            "-Xmx256m",
                            "-XX:-UsePerfData",
                            "-cp",
                            System.getProperty("java.class.path"),
                            mainClass,
                            "host",
                            "--listen",
                            "127.0.0.1:0",
                            "--storage",
                            "/",
                            "--child"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            OutputStream toHost = process.getOutputStream();
            toHost.write((secret + "\n").getBytes(StandardCharsets.US_ASCII));
            toHost.flush();
            BufferedReader fromHost =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = fromHost.readLine();
            if (line == null || !line.startsWith(LISTENING)) {
                throw new IOException("it said " + (line == null ? "nothing" : line));
            }
            drain(fromHost);
            int port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
            return new LocalHost(process, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), secret);
        } catch (IOException | NumberFormatException failed) {
            if (process != null) {
                process.destroyForcibly();
            }
            throw new CommandFailure(
                    ExitCode.FAILED, "cannot start a destination host: " + failed.getMessage(), failed);
        }
    }

    /** What it says later is not needed, but must not block it. */
    private static void drain(BufferedReader fromHost) {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (fromHost.readLine() != null) {
                            // The result says what came of it.
                        }
                    } catch (IOException ended) {
                        // So does this thread.
                    }
                },
                "godwit-local-host");
        thread.setDaemon(true);
        thread.start();
    }

    public InetSocketAddress address() {
        return address;
    }

    /** Its process. */
    public long pid() {
        return process.pid();
    }

    /** What it asks a source for. */
    public String secret() {
        return secret;
    }

    @Override
    public void close() {
        try {
            // The end of its input is its sign to end.
            process.getOutputStream().close();
            if (!process.waitFor(END_MILLIS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException gone) {
            process.destroyForcibly();
        } catch (InterruptedException hurry) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
