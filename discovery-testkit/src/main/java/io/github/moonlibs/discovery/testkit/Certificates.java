package io.github.moonlibs.discovery.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A self-signed certificate for some addresses, with its key; made by the JDK's keytool. Immutable.
 *
 * @param certificate PEM
 * @param key PEM of PKCS #8
 */
public record Certificates(Path certificate, Path key) {
    private static final char[] PASSWORD = "password".toCharArray();

    /**
     * Makes both files, {@code name.pem} and {@code name.key}.
     *
     * @param algorithm of the key, for example {@code RSA} or {@code EC}
     * @param addresses the literal addresses that clients may connect to
     */
    public static Certificates make(Path directory, String name, String algorithm, List<String> addresses)
            throws IOException, InterruptedException, GeneralSecurityException {
        return make(directory, name, algorithm, addresses, List.of("-ext", "bc=ca:true", "-startdate", "-0d"));
    }

    /**
     * Makes both files, like {@link #make}, of a certificate that was valid until a week ago. The authority that signed it
     * is in {@code name-ca.pem}, and still valid: what is trusted itself never expires.
     */
    public static Certificates expired(Path directory, String name, String algorithm, List<String> addresses)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = directory.resolve(name + ".p12");
        make(directory, name + "-ca", algorithm, List.of("127.0.0.1"));
        Files.move(directory.resolve(name + "-ca.p12"), store);
        return make(directory, name, algorithm, addresses, List.of("-signer", name + "-ca", "-startdate", "-9d"));
    }

    private static Certificates make(
            Path directory, String name, String algorithm, List<String> addresses, List<String> more)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = directory.resolve(name + ".p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair"));
        // most of keytool's time goes into its own JIT compilation, and into finding a needlessly large key
        command.add("-J-XX:TieredStopAtLevel=1");
        if (algorithm.equals("RSA")) {
            command.addAll(List.of("-keysize", "2048"));
        }
        command.addAll(Arrays.asList("-alias", name, "-keyalg", algorithm, "-dname", "CN=" + name));
        command.addAll(List.of("-ext", "san=ip:" + String.join(",ip:", addresses), "-validity", "2"));
        command.addAll(more);
        command.addAll(Arrays.asList("-storetype", "PKCS12", "-keystore", store.toString()));
        command.addAll(Arrays.asList("-storepass", new String(PASSWORD)));
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("keytool: status " + status);
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        Key key = keys.getKey(name, PASSWORD);
        return new Certificates(
                pem(
                        directory.resolve(name + ".pem"),
                        "CERTIFICATE",
                        keys.getCertificate(name).getEncoded()),
                pem(directory.resolve(name + ".key"), "PRIVATE KEY", key.getEncoded()));
    }

    private static Path pem(Path file, String what, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(file, "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
    }

    /** A context that trusts only this certificate. */
    SSLContext trusting() {
        try (InputStream pem = Files.newInputStream(certificate)) {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry(
                    "trusted", CertificateFactory.getInstance("X.509").generateCertificate(pem));
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(certificate + ": " + e, e);
        }
    }
}
