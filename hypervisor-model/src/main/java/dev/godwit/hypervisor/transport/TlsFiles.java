package dev.godwit.hypervisor.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Files in PEM by which a host proves who it is, and knows the other.
 *
 * @param certificate its own, followed by those that signed it
 * @param key its private key: PKCS #8, not encrypted
 * @param trusted those of hosts that it talks to, or of who signed them
 */
public record TlsFiles(Path certificate, Path key, Path trusted) {
    private static final long MAX_FILE_BYTES = 1 << 20;
    private static final Pattern PRIVATE_KEY = Pattern.compile("-----BEGIN ([A-Z ]*)PRIVATE KEY-----([^-]*)-----END");
    private static final char[] NO_PASSWORD = {};

    /**
     * Reads the files.
     *
     * @throws LinkException if one cannot be used; one line that names it
     */
    SSLContext context() throws LinkException {
        try {
            KeyStore own = KeyStore.getInstance(KeyStore.getDefaultType());
            own.load(null, null);
            own.setKeyEntry(
                    "host", privateKey(), NO_PASSWORD, certificates(certificate).toArray(Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, NO_PASSWORD);
            KeyStore others = KeyStore.getInstance(KeyStore.getDefaultType());
            others.load(null, null);
            int number = 0;
            for (Certificate each : certificates(trusted)) {
                others.setCertificateEntry("trusted" + number++, each);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(others);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (LinkException named) {
            throw named;
        } catch (GeneralSecurityException | IOException bad) {
            throw new LinkException(
                    "cannot use certificate " + certificate + " with key " + key + ": " + bad.getMessage(), bad);
        }
    }

    private static List<? extends Certificate> certificates(Path file) throws LinkException {
        try {
            List<? extends Certificate> read = List.copyOf(CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(bytes(file))));
            if (read.isEmpty()) {
                throw new LinkException("cannot use " + file + ": it holds no certificate");
            }
            return read;
        } catch (GeneralSecurityException bad) {
            throw new LinkException("cannot use " + file + ": it is no file of certificates in PEM", bad);
        }
    }

    private PrivateKey privateKey() throws LinkException {
        Matcher found = PRIVATE_KEY.matcher(new String(bytes(key), StandardCharsets.US_ASCII));
        if (!found.find()) {
            throw new LinkException("cannot use " + key + ": it holds no private key in PEM");
        }
        if (!found.group(1).isEmpty()) {
            throw new LinkException(
                    "cannot use " + key + ": it is " + found.group(1).strip()
                            + ", PKCS #8 is read; make it one with: openssl pkcs8 -topk8 -nocrypt -in " + key);
        }
        byte[] encoded;
        try {
            encoded = Base64.getMimeDecoder().decode(found.group(2).strip());
        } catch (IllegalArgumentException bad) {
            throw new LinkException("cannot use " + key + ": its private key is damaged", bad);
        }
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (InvalidKeySpecException another) {
                // The next algorithm, then.
            } catch (GeneralSecurityException missing) {
                throw new LinkException("cannot use " + key + ": " + missing.getMessage(), missing);
            }
        }
        throw new LinkException("cannot use " + key + ": it is no key of RSA, EC or EdDSA");
    }

    private static byte[] bytes(Path file) throws LinkException {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new LinkException("cannot use " + file + ": it is larger than " + MAX_FILE_BYTES + " bytes");
            }
            return Files.readAllBytes(file);
        } catch (LinkException named) {
            throw named;
        } catch (IOException bad) {
            throw new LinkException("cannot read " + file + ": " + bad, bad);
        }
    }
}
