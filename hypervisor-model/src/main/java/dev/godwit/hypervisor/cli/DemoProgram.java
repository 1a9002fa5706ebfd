package dev.godwit.hypervisor.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The demo's service: its lines are swallowed, but for the last, which sums it up. */
final class DemoProgram {
    private volatile String lastLine = "";
    private Thread reader;

    Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        reader = new Thread(() -> read(process), "demo-output");
        reader.setDaemon(true);
        reader.start();
        return process;
    }

    /** What the service said last; call it when the service has ended. */
    String lastLine() throws InterruptedException {
        if (reader != null) {
            reader.join(10_000);
        }
        return lastLine;
    }

    private void read(Process process) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                lastLine = line;
            }
        } catch (IOException e) {
            lastLine = "its output broke off: " + e.getMessage();
        }
    }
}
