package io.github.moonlibs.discovery;

import io.github.moonlibs.discovery.options.Checks;
import io.github.moonlibs.discovery.pem.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS with certificates in PEM files. They are looked at when a connection is made, and read anew if one of them has changed,
 * so that renewed certificates are used without a restart; connections that are open stay as they are. Immutable but for
 * what it has read, and thread-safe.
 *
 * <pre>{@code
 * builder.ssl(PemFiles.trusting(Path.of("/etc/app/ca.pem")).identity(Path.of("/etc/app/app.pem"), Path.of("/etc/app/app.key")))
 * }</pre>
 */
public final class PemFiles implements Supplier<SSLContext> {
    private final @Nullable Path ca;
    private final @Nullable Path certificate;
    private final @Nullable Path key;
    private volatile @Nullable Known known;

    private record State(
            Path file,
            FileTime modified,
            long size,
            @Nullable Object identity) {}

    private record Known(List<State> files, SSLContext context) {}

    private PemFiles(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {
        this.ca = ca;
        this.certificate = certificate;
        this.key = key;
    }

    /** Trusts servers whose certificates are signed by one of those in the file. */
    public static PemFiles trusting(Path ca) {
        return new PemFiles(Checks.given("ca", ca), null, null);
    }

    /** Trusts the authorities that the JDK trusts. */
    public static PemFiles trustingTheJdks() {
        return new PemFiles(null, null, null);
    }

    /**
     * With a certificate to present to servers that ask for one.
     *
     * @param certificate the certificate, followed by those that lead to its authority
     * @param key its private key, PKCS #8 without a passphrase
     */
    public PemFiles identity(Path certificate, Path key) {
        return new PemFiles(ca, Checks.given("certificate", certificate), Checks.given("key", key));
    }

    /**
     * The context, made of the files as they are now.
     *
     * @throws IllegalStateException if one of them cannot be read; the message names it and says what was expected
     */
    @Override
    public SSLContext get() {
        List<State> files = files();
        Known present = known;
        if (present == null || !present.files().equals(files)) {
            present = new Known(files, read());
            known = present;
        }
        return present.context();
    }

    private List<State> files() {
        List<State> states = new ArrayList<>();
        for (Path file :
                Stream.of(ca, certificate, key).filter(each -> each != null).toList()) {
            try {
                var attributes = Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class);
                states.add(new State(file, attributes.lastModifiedTime(), attributes.size(), attributes.fileKey()));
            } catch (IOException e) {
                throw unreadable(file, "a file in PEM", e);
            }
        }
        return states;
    }

    private SSLContext read() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(), trust(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS: no context: " + e, e);
        }
    }

    private TrustManager @Nullable [] trust() {
        Path file = ca;
        if (file == null) {
            return null;
        }
        try {
            return Pem.trust(file).getTrustManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw unreadable(file, "certificates in PEM", e);
        }
    }

    private KeyManager @Nullable [] keys() {
        Path chain = certificate;
        Path secret = key;
        if (chain == null || secret == null) {
            return null;
        }
        java.security.cert.Certificate[] certificates;
        try {
            certificates = Pem.chain(chain);
        } catch (GeneralSecurityException | IOException e) {
            throw unreadable(chain, "a certificate in PEM", e);
        }
        try {
            return Pem.identity(certificates, secret).getKeyManagers();
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw unreadable(secret, "the certificate's private key in PEM, PKCS #8, without a passphrase", e);
        }
    }

    private static IllegalStateException unreadable(Path file, String expected, Exception problem) {
        return new IllegalStateException("TLS: " + file + ": expected " + expected + ": " + problem, problem);
    }

    /** The files. */
    @Override
    public String toString() {
        return "PEM files" + (ca == null ? "" : ", trusting " + ca)
                + (certificate == null ? "" : ", as " + certificate);
    }
}
