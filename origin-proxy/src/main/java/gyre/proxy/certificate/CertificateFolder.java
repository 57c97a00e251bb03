package gyre.proxy.certificate;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where an authority's account key ({@code account.key}) and certificates ({@code <host>.pem}: key
 * and chain) are kept: a folder for each authority, mode 700, files 600. What a crash or a loss of
 * power leaves is the file from before or the new one, whole. Blocks on the disk.
 */
public final class CertificateFolder {
  private static final Logger log = LoggerFactory.getLogger(CertificateFolder.class);
  private static final String UNFINISHED = ".new";
  private static final int LONGEST_NAME = 120;
  private static final Set<PosixFilePermission> OWNERS =
      PosixFilePermissions.fromString("rwx------");

  private final Path folder;

  private CertificateFolder(Path folder) {
    this.folder = folder;
  }

  /** A StartFailure says why the folder cannot be used. */
  public static CertificateFolder open(Path folder, URI authority) {
    CertificateFolder opened = of(folder, authority);
    try {
      Files.createDirectories(opened.folder, PosixFilePermissions.asFileAttribute(OWNERS));
      Files.setPosixFilePermissions(opened.folder, OWNERS);
      sweep(opened.folder);
      return opened;
    } catch (IOException e) {
      throw new StartFailure(
          "tls.acme.folder: "
              + opened.folder
              + " cannot be used ("
              + e
              + "); check its owner and mode",
          e);
    }
  }

  private static CertificateFolder of(Path folder, URI authority) {
    String name =
        (authority.getAuthority() + authority.getPath()).replaceAll("[^A-Za-z0-9.-]", "_");
    return new CertificateFolder(
        folder.resolve(name.substring(0, Math.min(name.length(), LONGEST_NAME))));
  }

  /** Writes nothing. A StartFailure where the key of an account is there and damaged. */
  public static void check(Path folder, URI authority) {
    CertificateFolder kept = of(folder, authority);
    if (Files.exists(kept.accountFile())) {
      var _ = kept.account();
    }
  }

  private static void sweep(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + UNFINISHED)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** The key of the account, made at the first start. A StartFailure where it is damaged. */
  public KeyPair account() {
    Path file = accountFile();
    try {
      return Files.exists(file) ? pair(PemPair.bytes(file)) : make(file);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new StartFailure(
          file + ": not the key of an account; restore it, or remove it for a new account", e);
    }
  }

  private Path accountFile() {
    return folder.resolve("account.key");
  }

  private KeyPair make(Path file) throws IOException, GeneralSecurityException {
    KeyPair made = newKey();
    write(
        file,
        Pem.block(Pem.PRIVATE_KEY, made.getPrivate().getEncoded())
            + Pem.block(Pem.PUBLIC_KEY, made.getPublic().getEncoded()));
    return made;
  }

  /** Of the curve P-256, which every authority and every browser knows. */
  public static KeyPair newKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static KeyPair pair(byte[] pem) throws GeneralSecurityException {
    List<byte[]> secret = Pem.blocks(pem, Pem.PRIVATE_KEY);
    List<byte[]> known = Pem.blocks(pem, Pem.PUBLIC_KEY);
    if (secret.isEmpty() || known.isEmpty()) {
      throw new IllegalArgumentException("holds no pair of keys");
    }
    KeyFactory factory = KeyFactory.getInstance("EC");
    return new KeyPair(
        factory.generatePublic(new X509EncodedKeySpec(known.getFirst())),
        factory.generatePrivate(new PKCS8EncodedKeySpec(secret.getFirst())));
  }

  /** Empty where there is none that is for this host; a damaged one is told, too. */
  Optional<PemPair> load(String host) {
    Path file = file(host);
    try {
      PemPair pair = PemPair.read(file);
      if (pair.names().contains(host)) {
        return Optional.of(pair);
      }
      log.warn("{} is not for {}: another certificate is asked for", file, host);
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      log.warn("{} cannot be used ({}): another certificate is asked for", file, e.toString());
    }
    return Optional.empty();
  }

  void store(String host, PemPair pair) throws IOException, GeneralSecurityException {
    write(file(host), pair.pem());
  }

  private Path file(String host) {
    return folder.resolve(host + ".pem");
  }

  private void write(Path file, String text) throws IOException {
    Path fresh = folder.resolve(UUID.randomUUID() + UNFINISHED);
    try {
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              Set.of(CREATE_NEW, WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(US_ASCII));
        while (bytes.hasRemaining()) {
          var _ = channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
    try (FileChannel names = FileChannel.open(folder, READ)) {
      names.force(true);
    }
  }
}
