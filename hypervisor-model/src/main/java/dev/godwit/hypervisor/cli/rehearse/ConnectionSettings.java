package dev.godwit.hypervisor.cli.rehearse;

import dev.godwit.hypervisor.cli.CommandFailure;
import dev.godwit.hypervisor.cli.ExitCode;
import dev.godwit.hypervisor.transport.TcpOptions;
import dev.godwit.hypervisor.transport.TlsFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How two hosts find and trust each other: asked alike by both commands. */
public final class ConnectionSettings {
    private static final Pattern ADDRESS = Pattern.compile("\\[?([^\\[\\]]+?)]?:(\\d{1,5})");
    private static final long MAX_SECRET_BYTES = 4096;

    @Option(
            names = "--secret-file",
            paramLabel = "FILE",
            description = "Both hosts prove that they know what is in FILE, without sending it.")
    private Path secretFile;

    @Option(names = "--tls-certificate", paramLabel = "FILE", description = "Own certificate, PEM; turns TLS 1.3 on.")
    private Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Private key of it, PEM, PKCS #8.")
    private Path key;

    @Option(
            names = "--tls-trust",
            paramLabel = "FILE",
            description = "Certificates of the other host or its issuer, PEM.")
    private Path trusted;

    @Option(
            names = "--plain",
            description = {
                "Allow connections that are not encrypted to leave this machine. Everything that",
                "the program has in memory, passwords and keys too, can then be read on the way."
            })
    private boolean plain;

    /** Checks what was given. */
    public TcpOptions options(CommandLine commandLine) {
        TcpOptions options = TcpOptions.defaults().withPlainAnywhere(plain);
        if (secretFile != null) {
            options = options.withSecret(secret());
        }
        if (certificate == null && key == null && trusted == null) {
            return options;
        }
        if (certificate == null || key == null || trusted == null) {
            throw new ParameterException(commandLine, "TLS needs all of --tls-certificate, --tls-key and --tls-trust");
        }
        return options.withTls(new TlsFiles(certificate, key, trusted));
    }

    private String secret() {
        try {
            if (Files.size(secretFile) > MAX_SECRET_BYTES) {
                throw refused("it is larger than " + MAX_SECRET_BYTES + " bytes", null);
            }
            String secret = Files.readString(secretFile, StandardCharsets.UTF_8).strip();
            if (secret.isEmpty()) {
                throw refused("it is empty", null);
            }
            return secret;
        } catch (IOException unreadable) {
            throw refused("it cannot be read", unreadable);
        }
    }

    private CommandFailure refused(String why, IOException cause) {
        return new CommandFailure(ExitCode.FAILED, "secret file " + secretFile + ": " + why, cause);
    }

    /** An address and a port, such as {@code 127.0.0.1:7440} or {@code [::1]:7440}. */
    public static InetSocketAddress address(CommandLine commandLine, String option, String text) {
        Matcher matcher = ADDRESS.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
            throw new ParameterException(
                    commandLine, option + " " + text + ": give an address and a port, such as 127.0.0.1:7440");
        }
        return new InetSocketAddress(matcher.group(1), Integer.parseInt(matcher.group(2)));
    }
}
