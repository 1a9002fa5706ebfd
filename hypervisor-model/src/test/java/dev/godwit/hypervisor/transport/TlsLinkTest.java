package dev.godwit.hypervisor.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted links, with certificates made by this JDK's keytool. */
@Timeout(120)
class TlsLinkTest {
    @TempDir
    private static Path directory;

    private static TlsFiles one;
    private static TlsFiles other;
    private static TlsFiles stranger;

    @BeforeAll
    static void makeCertificates() throws Exception {
        Path ofOne = TestCertificates.make(directory, "one", "RSA", "ip:127.0.0.1");
        Path ofOther = TestCertificates.make(directory, "other", "EC", "ip:127.0.0.1");
        TestCertificates.make(directory, "stranger", "EC", "ip:127.0.0.1");
        one = files("one", ofOther);
        other = files("other", ofOne);
        stranger = files("stranger", ofOne);
    }

    private static TlsFiles files(String name, Path trusted) {
        return new TlsFiles(directory.resolve(name + ".pem"), directory.resolve(name + ".key"), trusted);
    }

    @Test
    void whatIsEncryptedArrivesWithAndWithoutASecret() throws Exception {
        for (TcpOptions options : new TcpOptions[] {
            TcpOptions.defaults(),
            TcpOptions.defaults().withSecret("and a secret").withLatencyNanos(1_000_000)
        }) {
            try (TcpListener listener = TcpLinkTest.listen(options.withTls(other))) {
                byte[] bytes = new byte[2_000_000];
                new SplittableRandom(1).nextBytes(bytes);
                CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(() -> echo(listener, bytes.length));
                try (TcpLink link = TcpLink.connect(listener.address(), options.withTls(one))) {
                    link.write(new ByteBuffer[] {
                        ByteBuffer.wrap(bytes, 0, 100), ByteBuffer.wrap(bytes, 100, bytes.length - 100)
                    });
                    link.flush();
                    ByteBuffer back = ByteBuffer.allocate(1);
                    assertThat(link.read(back)).isEqualTo(1);
                    assertThat(received.get()).isEqualTo(bytes);
                }
            }
        }
    }

    private static byte[] echo(TcpListener listener, int length) {
        try (TcpLink link = listener.accept()) {
            link.greet();
            ByteBuffer all = ByteBuffer.allocate(length);
            while (all.hasRemaining()) {
                assertThat(link.read(all)).isPositive();
            }
            link.write(ByteBuffer.wrap(new byte[] {1}));
            link.flush();
            return all.array();
        } catch (java.io.IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    @Test
    void aHostWhoseCertificateNobodyTrustsIsRefused() throws Exception {
        try (TcpListener listener = TcpLinkTest.listen(TcpOptions.defaults().withTls(one))) {
            CompletableFuture<Throwable> there = refusal(listener);
            // TLS lets the source go on before the destination has judged it: it learns of it by the next answer.
            assertThatThrownBy(() -> TcpLink.connect(
                            listener.address(), TcpOptions.defaults().withTls(stranger)))
                    .isInstanceOf(LinkException.class);
            assertThat(there.get()).isInstanceOf(LinkException.class).hasMessageContaining("refused: ");
        }
        try (TcpListener listener = TcpLinkTest.listen(TcpOptions.defaults().withTls(stranger))) {
            CompletableFuture<Throwable> there = refusal(listener);
            assertThatThrownBy(() -> TcpLink.connect(
                            listener.address(), TcpOptions.defaults().withTls(one)))
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("refused: ");
            assertThat(there.get()).isInstanceOf(LinkException.class);
        }
    }

    @Test
    void plainAndEncryptedDoNotMix() throws Exception {
        try (TcpListener listener = TcpLinkTest.listen(TcpOptions.defaults().withTls(one))) {
            CompletableFuture<Throwable> there = refusal(listener);
            assertThatThrownBy(() -> TcpLink.connect(listener.address(), TcpOptions.defaults()))
                    .isInstanceOf(LinkException.class);
            assertThat(there.get()).isInstanceOf(LinkException.class);
        }
        try (TcpListener listener = TcpLinkTest.listen(TcpOptions.defaults())) {
            CompletableFuture<Throwable> there = refusal(listener);
            assertThatThrownBy(() -> TcpLink.connect(
                            listener.address(), TcpOptions.defaults().withTls(one)))
                    .isInstanceOf(LinkException.class);
            assertThat(there.get()).hasMessageContaining("it does not speak as a godwit");
        }
    }

    @Test
    void aCertificateForAnotherHostIsRefused() throws Exception {
        Path elsewhere = TestCertificates.make(directory, "elsewhere", "EC", "dns:elsewhere.example");
        TlsFiles files = files("elsewhere", directory.resolve("one.pem"));
        try (TcpListener listener = TcpLinkTest.listen(TcpOptions.defaults().withTls(files))) {
            CompletableFuture<Throwable> there = refusal(listener);
            TlsFiles trusting = new TlsFiles(one.certificate(), one.key(), elsewhere);
            assertThatThrownBy(() -> TcpLink.connect(
                            listener.address(), TcpOptions.defaults().withTls(trusting)))
                    .isInstanceOf(LinkException.class)
                    .hasMessageContaining("127.0.0.1");
            assertThat(there.get()).isInstanceOf(LinkException.class);
        }
    }

    @Test
    void filesThatCannotBeUsedAreNamed() throws Exception {
        Path text = Files.writeString(directory.resolve("text"), "no certificate");
        assertThatThrownBy(() -> new TlsFiles(text, one.key(), one.trusted()).context())
                .isInstanceOf(LinkException.class)
                .hasMessageContaining(text.toString());
        assertThatThrownBy(() -> new TlsFiles(one.certificate(), text, one.trusted()).context())
                .hasMessageContaining("it holds no private key in PEM");
        assertThatThrownBy(() -> new TlsFiles(one.certificate(), directory.resolve("none"), one.trusted()).context())
                .hasMessageContaining("cannot read");
        Path old = Files.writeString(directory.resolve("old"), TestCertificates.pem("RSA PRIVATE KEY", new byte[20]));
        assertThatThrownBy(() -> new TlsFiles(one.certificate(), old, one.trusted()).context())
                .hasMessageContaining("openssl pkcs8 -topk8 -nocrypt");
    }

    private static CompletableFuture<Throwable> refusal(TcpListener listener) {
        return CompletableFuture.supplyAsync(() -> catchThrowable(() -> {
            try (TcpLink link = listener.accept()) {
                link.greet();
            }
        }));
    }
}
