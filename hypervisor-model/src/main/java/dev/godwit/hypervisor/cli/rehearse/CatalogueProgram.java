package dev.godwit.hypervisor.cli.rehearse;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A program with a large heap that lives long, to be rehearsed beside one whose memory is mostly young: a catalogue of
 * articles in a map, of which some are looked up and few are replaced, at a steady pace. Ends when its input does.
 */
public final class CatalogueProgram {
    private static final int ARTICLE_BYTES = 4000;
    private static final int BATCH = 400;
    private static final int REPLACED_IN_BATCH = 40;
    private static final long BATCH_MILLIS = 20;

    private CatalogueProgram() {}

    /**
     * Puts this class into a directory of its own: the agent's classes, which lie beside it, must not be on the class path of a
     * program that the agent is loaded into.
     *
     * @return the directory, to be the class path
     */
    public static Path alone(Path scratch) {
        String name = CatalogueProgram.class.getName().replace('.', '/') + ".class";
        Path file = scratch.resolve("catalogue").resolve(name);
        try (InputStream in = CatalogueProgram.class.getClassLoader().getResourceAsStream(name)) {
            Files.createDirectories(file.getParent());
            Files.write(file, in.readAllBytes());
        } catch (IOException full) {
            throw new UncheckedIOException("cannot write " + file + ": " + full.getMessage(), full);
        }
        return scratch.resolve("catalogue");
    }

    /** Takes the size of the catalogue in MiB. Prints a line when it is filled. */
    public static void main(String[] arguments) throws InterruptedException {
        int articles = (int) (Long.parseLong(arguments[0]) * (1 << 20) / ARTICLE_BYTES);
        SplittableRandom random = new SplittableRandom(1);
        Map<Integer, byte[]> catalogue = new HashMap<>();
        for (int i = 0; i < articles; i++) {
            catalogue.put(i, article(random));
        }
        Thread parent = new Thread(CatalogueProgram::endWithInput, "input");
        parent.setDaemon(true);
        parent.start();
        System.out.println("filled");
        long sum = 0;
        while (sum != Long.MIN_VALUE) {
            for (int i = 0; i < BATCH; i++) {
                Integer number = random.nextInt(articles);
                sum += new String(catalogue.get(number), StandardCharsets.ISO_8859_1).hashCode();
                if (i < REPLACED_IN_BATCH) {
                    catalogue.put(number, article(random));
                }
            }
            TimeUnit.MILLISECONDS.sleep(BATCH_MILLIS);
        }
    }

    /** Half of it is text. */
    private static byte[] article(SplittableRandom random) {
        byte[] bytes = new byte[ARTICLE_BYTES];
        for (int i = 0; i < bytes.length / 2; i++) {
            bytes[i] = (byte) random.nextInt('a', 'z' + 1);
        }
        return bytes;
    }

    private static void endWithInput() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is said to it.
            }
        } catch (IOException gone) {
            // Its parent is.
        }
        Runtime.getRuntime().halt(0);
    }
}
