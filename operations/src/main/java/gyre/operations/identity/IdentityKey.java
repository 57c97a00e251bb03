package gyre.operations.identity;

import gyre.operations.start.StartFailure;
import gyre.wire.key.SigningKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The identity key of a proxy or a worker node, made at its first start: {@code
 * data/identity/<role>.key} (PKCS #8, mode 600, folders 700). Its public part is put under {@code
 * data/trust/}, where servers that share the data folder find it.
 */
public final class IdentityKey {
  private IdentityKey() {}

  /**
   * The key of this role, made where there is none yet. Two processes that start at once end with
   * the same key.
   */
  public static SigningKey of(Path data, Role role) {
    Path file = data.resolve("identity").resolve(role.keyName() + ".key");
    try {
      folder(data);
      folder(data.resolve("identity"));
      SigningKey key = Files.exists(file) ? read(file) : make(file);
      publish(key, data.resolve("trust").resolve(role.trustFolder()));
      return key;
    } catch (IOException e) {
      throw new StartFailure(
          file
              + ": cannot be read or made ("
              + e
              + "); check the owner and mode of the data folder",
          e);
    }
  }

  private static SigningKey make(Path file) throws IOException {
    Path fresh = Files.createTempFile(folderOf(file), "key", ".new");
    try {
      Files.write(fresh, SigningKey.generate().encode());
      Files.createLink(file, fresh);
    } catch (FileAlreadyExistsException another) {
      return read(file);
    } finally {
      Files.deleteIfExists(fresh);
    }
    return read(file);
  }

  private static SigningKey read(Path file) throws IOException {
    try {
      return SigningKey.decode(Files.readAllBytes(file));
    } catch (IllegalArgumentException e) {
      throw new StartFailure(
          file + ": not an Ed25519 private key; restore it, or remove it to have a new one made",
          e);
    }
  }

  private static void publish(SigningKey key, Path folder) throws IOException {
    Path file = folder.resolve(key.verifyingKey().id() + ".pub");
    if (Files.exists(file)) {
      return;
    }
    Files.createDirectories(folder);
    Path fresh = Files.createTempFile(folder, "pub", ".new");
    Files.writeString(fresh, key.verifyingKey() + "\n");
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Path folderOf(Path file) throws IOException {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IOException(file + " has no folder");
    }
    return parent;
  }

  private static void folder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }
}
