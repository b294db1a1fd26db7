package io.github.moonlibs.discovery.etcd;

import java.io.IOException;
import java.io.InputStream;
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
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final Pattern KEY = Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

    static Tls read(EtcdOptions.Tls files) throws EtcdFailure {
        Path ca = files.ca();
        Path certificate = files.certificate();
        Path key = files.key();
        return new Tls(
                ca == null ? null : trust(ca), certificate == null || key == null ? null : identity(certificate, key));
    }

    private static TrustManagerFactory trust(Path ca) throws EtcdFailure {
        try {
            KeyStore store = emptyStore();
            for (Certificate certificate : certificates(ca)) {
                store.setCertificateEntry("ca" + store.size(), certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw unreadable("ca", ca, "certificates in PEM", e);
        }
    }

    private static KeyManagerFactory identity(Path certificate, Path key) throws EtcdFailure {
        Certificate[] chain;
        try {
            chain = certificates(certificate).toArray(Certificate[]::new);
        } catch (GeneralSecurityException | IOException e) {
            throw unreadable("cert", certificate, "a certificate in PEM", e);
        }
        try {
            KeyStore store = emptyStore();
            store.setKeyEntry("identity", privateKey(key), new char[0], chain);
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, new char[0]);
            return factory;
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw unreadable("key", key, "the certificate's private key in PEM, PKCS #8, without a passphrase", e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new GeneralSecurityException("there is none in it");
            }
            return certificates;
        }
    }

    private static PrivateKey privateKey(Path file) throws GeneralSecurityException, IOException {
        Matcher pem = KEY.matcher(Files.readString(file));
        if (!pem.find()) {
            throw new GeneralSecurityException("there is none in it");
        }
        PKCS8EncodedKeySpec encoded =
                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
        for (String algorithm : List.of("RSA", "EC")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException e) {
                // the key is of another kind: try the next algorithm
            }
        }
        return KeyFactory.getInstance("EdDSA").generatePrivate(encoded);
    }

    private static EtcdFailure unreadable(String parameter, Path file, String expected, Exception problem) {
        return new EtcdFailure("etcd " + parameter + "=" + file + ": expected " + expected + ": " + problem);
    }
}
