package dev.godwit.hypervisor.cli;

import com.sun.management.OperatingSystemMXBean;
import dev.godwit.hypervisor.cli.rehearse.ConnectionSettings;
import dev.godwit.hypervisor.cli.rehearse.LocalHost;
import dev.godwit.hypervisor.migration.rehearse.DestinationHost;
import dev.godwit.hypervisor.transport.TcpOptions;
import dev.godwit.linux.NativeAccess;
import dev.godwit.linux.NativeAccessException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code godwit host}. */
@Command(
        name = "host",
        mixinStandardHelpOptions = true,
        versionProvider = GodwitVersion.class,
        description = {
            "Plays the destination host of godwit rehearse.",
            "",
            "Receives the memory of a running JVM, holds it, and compares it page by page with the source's. Serves until",
            "it is ended with Ctrl-C.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit host --listen 127.0.0.1:7440",
            "  godwit host --listen 10.0.0.2:7440 --secret-file s --tls-certificate c.pem --tls-key k.pem --tls-trust t.pem"
        })
final class HostCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            required = true,
            description = "Where to listen; port 0 takes any that is free.")
    private String listen;

    @Option(
            names = {"-m", "--memory"},
            paramLabel = "SIZE",
            converter = Units.Size.class,
            description = "Memory that one guest may have (default: half of this machine's).")
    private Long memoryBytes;

    @Option(
            names = "--storage",
            paramLabel = "DIR",
            description = {
                "Read pages that a source names in files below DIR there, instead of having them",
                "sent; may be given more than once. Whoever may migrate to this host may then read",
                "these files (default: none)."
            })
    private List<Path> storage = List.of();

    @Mixin
    private ConnectionSettings connection;

    /** For a host that another command starts: reads the secret from its input, and ends with it. */
    @Option(names = "--child", hidden = true)
    private boolean child;

    @Override
    public Integer call() throws InterruptedException {
        TcpOptions options = connection.options(spec.commandLine());
        PrintWriter out = spec.commandLine().getOut();
        try {
            NativeAccess.initialise();
            if (child) {
                options = options.withSecret(followParent());
            }
            try (DestinationHost host = DestinationHost.listen(
                    ConnectionSettings.address(spec.commandLine(), "--listen", listen),
                    options,
                    memoryBytes == null ? halfOfMachine() : memoryBytes,
                    storage,
                    line -> say(out, line))) {
                say(
                        out,
                        LocalHost.LISTENING + host.address().getAddress().getHostAddress() + ":"
                                + host.address().getPort());
                host.serve();
            }
            return ExitCode.OK.code();
        } catch (IOException | NativeAccessException refused) {
            throw new CommandFailure(ExitCode.FAILED, refused.getMessage(), refused);
        }
    }

    private static void say(PrintWriter out, String line) {
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }

    private static String followParent() throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        String secret = input.readLine();
        if (secret == null || secret.isEmpty()) {
            throw new IOException("no secret on standard input");
        }
        Thread thread = new Thread(
                () -> {
                    try {
                        while (input.readLine() != null) {
                            // Only its end says something.
                        }
                    } catch (IOException ended) {
                        // As if it had ended.
                    }
                    Runtime.getRuntime().halt(0);
                },
                "godwit-parent");
        thread.setDaemon(true);
        thread.start();
        // Ctrl-C goes to both processes: the source ends the migration in order first, and that is the end of the
        // input.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> awaitEnd(thread), "godwit-interrupt"));
        return secret;
    }

    private static void awaitEnd(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private static long halfOfMachine() {
        OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return machine.getTotalMemorySize() / 2;
    }
}
