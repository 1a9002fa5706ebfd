package dev.godwit.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/**
 * A native library that is packed in a jar, unpacked for as long as it takes to load it.
 *
 * <p>Libraries usually unpack themselves to a directory of their own choice and may leave the file there. This one goes
 * to a new directory that only the owner can enter, below {@code java.io.tmpdir}; {@link #close} deletes both. Once
 * loaded, Linux keeps the content of a deleted file.
 */
public final class PrivateLibrary implements AutoCloseable {
    private final Path directory;
    private final Path file;

    private PrivateLibrary(Path directory, Path file) {
        this.directory = directory;
        this.file = file;
    }

    /**
     * Unpacks a resource.
     *
     * @param owner class whose loader finds the resource
     * @param resource absolute name of the resource, without a slash in front
     * @param fileName name of the file to make
     * @throws IOException if there is no such resource, or it cannot be written
     */
    public static PrivateLibrary unpack(Class<?> owner, String resource, String fileName) throws IOException {
        ClassLoader loader = Objects.requireNonNullElseGet(owner.getClassLoader(), ClassLoader::getSystemClassLoader);
        try (InputStream content = loader.getResourceAsStream(resource)) {
            if (content == null) {
                throw new IOException("resource " + resource + " is not on the class path of " + owner.getName());
            }
            Path directory = Files.createTempDirectory(
                    "godwit", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            PrivateLibrary library = new PrivateLibrary(directory, directory.resolve(fileName));
            try {
                Files.copy(content, library.file);
                return library;
            } catch (IOException | RuntimeException failure) {
                library.close();
                throw failure;
            }
        }
    }

    /** The unpacked library. */
    public Path file() {
        return file;
    }

    /** The directory that holds the library and nothing else. */
    public Path directory() {
        return directory;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(directory);
    }
}
