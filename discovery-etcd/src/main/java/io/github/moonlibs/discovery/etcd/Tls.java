package io.github.moonlibs.discovery.etcd;

import io.github.moonlibs.discovery.pem.Pem;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * PEM files in the form that the JDK needs. They are read at every connect, so renewed ones are used without a restart.
 *
 * @param trust the authorities to trust; null: the JDK's
 * @param identity the certificate to present; null: none
 */
record Tls(@Nullable TrustManagerFactory trust, @Nullable KeyManagerFactory identity) {
    static Tls read(EtcdOptions.Tls files) throws EtcdFailure {
        Path ca = files.ca();
        Path certificate = files.certificate();
        Path key = files.key();
        return new Tls(
                ca == null ? null : trust(ca), certificate == null || key == null ? null : identity(certificate, key));
    }

    private static TrustManagerFactory trust(Path ca) throws EtcdFailure {
        try {
            return Pem.trust(ca);
        } catch (GeneralSecurityException | IOException e) {
            throw unreadable("ca", ca, "certificates in PEM", e);
        }
    }

    private static KeyManagerFactory identity(Path certificate, Path key) throws EtcdFailure {
        Certificate[] chain;
        try {
            chain = Pem.chain(certificate);
        } catch (GeneralSecurityException | IOException e) {
            throw unreadable("cert", certificate, "a certificate in PEM", e);
        }
        try {
            return Pem.identity(chain, key);
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw unreadable("key", key, "the certificate's private key in PEM, PKCS #8, without a passphrase", e);
        }
    }

    private static EtcdFailure unreadable(String parameter, Path file, String expected, Exception problem) {
        return new EtcdFailure("etcd " + parameter + "=" + file + ": expected " + expected + ": " + problem);
    }
}
