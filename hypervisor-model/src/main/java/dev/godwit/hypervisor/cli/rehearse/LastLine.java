package dev.godwit.hypervisor.cli.rehearse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Reads what a program says, so that it never waits for a reader, and keeps the last line of it. */
final class LastLine {
    private static final int MOST_CHARACTERS = 300;
    private static final long END_MILLIS = 1000;

    private final BufferedReader lines;
    private final Thread thread = new Thread(this::drain, "godwit-program-output");
    private volatile String last = "";

    private LastLine(InputStream output) {
        lines = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8));
    }

    /** Of all that comes. */
    static LastLine of(InputStream output) {
        LastLine begun = new LastLine(output);
        begun.follow();
        return begun;
    }

    /** Of what comes behind lines that are waited for first; {@link #follow} is to be called then. */
    static LastLine behindFirst(InputStream output) {
        return new LastLine(output);
    }

    /** Waits for a line that somebody else said; null if there will be none. */
    String nextOfAnother() throws IOException {
        return lines.readLine();
    }

    /** Waits for a line; null if there will be none. */
    String next() throws IOException {
        String line = lines.readLine();
        keep(line);
        return line;
    }

    /** From now on a thread reads it. */
    void follow() {
        thread.setDaemon(true);
        thread.start();
    }

    private void drain() {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                keep(line);
            }
        } catch (IOException ended) {
            // So does this thread.
        }
    }

    private void keep(String line) {
        if (line != null && !line.isBlank()) {
            String plain = line.replaceAll("\\p{Cntrl}+", " ").strip();
            last = plain.length() > MOST_CHARACTERS ? plain.substring(0, MOST_CHARACTERS) : plain;
        }
    }

    /** The last line that was not blank, of a program that has ended; empty if it said nothing. */
    String ofEnded() {
        try {
            thread.join(END_MILLIS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        return last;
    }
}
