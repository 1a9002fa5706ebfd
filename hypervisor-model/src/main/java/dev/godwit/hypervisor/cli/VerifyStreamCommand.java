package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.stream.verify.Findings;
import dev.godwit.hypervisor.stream.verify.StreamRefused;
import dev.godwit.hypervisor.stream.verify.StreamVerifier;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code godwit verify-stream}. */
@Command(
        name = "verify-stream",
        mixinStandardHelpOptions = true,
        versionProvider = GodwitVersion.class,
        description = {
            "Checks a migration stream that godwit compare --stream wrote, and says what it holds.",
            "",
            "The check is not done by the code that wrote it. It restores every page from what was sent",
            "of it, and compares it with the hash that the source gave.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit compare godwit-traces/service-20261123-101500 --memory 2GiB --stream streams",
            "  godwit verify-stream streams/pre-copy+hints.stream"
        })
final class VerifyStreamCommand implements Callable<Integer> {
    private static final String[] ENCODINGS = {"zero", "raw", "delta", "LZ4", "zstd", "dropped", "stored"};

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A stream.")
    private Path file;

    @Override
    public Integer call() {
        Findings findings = verify();
        PrintWriter out = spec.commandLine().getOut();
        lines(findings).forEach(out::println);
        out.flush();
        return ExitCode.OK.code();
    }

    private Findings verify() {
        if (!Files.isRegularFile(file)) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "cannot read " + file + ": there is no such file; name one that compare --stream wrote");
        }
        try {
            return StreamVerifier.verify(file);
        } catch (StreamRefused refused) {
            throw new CommandFailure(ExitCode.FAILED, file + " is refused " + refused.getMessage(), refused);
        } catch (IOException failed) {
            throw new CommandFailure(ExitCode.FAILED, "cannot read " + file + ": " + failed.getMessage(), failed);
        }
    }

    private static List<String> lines(Findings findings) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "Migration of %s by %s: %s%s",
                findings.name(),
                findings.technique(),
                findings.outcome().text(),
                findings.reason().isEmpty() ? "" : " (" + findings.reason() + ")"));
        lines.add(String.format(
                Locale.ROOT,
                "%,d pages of %,d bytes; %,d records, %,d bytes",
                findings.pages(),
                findings.pageBytes(),
                findings.records(),
                findings.bytes()));
        lines.add("");
        lines.addAll(rounds(findings));
        lines.add("");
        if (findings.missingPages() > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "The VM ran ahead of %,d pages: %,d requests, %,d refused; %,d consistent points.",
                    findings.missingPages(),
                    findings.requests(),
                    findings.refusals(),
                    findings.consistentPoints()));
        }
        lines.add(String.format(
                Locale.ROOT,
                "Verified: order, counters, checksums, digests; %,d pages restored from what was sent, %,d equal to the"
                        + " source's hash.",
                findings.decodedPages(),
                findings.hashedPages()));
        return lines;
    }

    private static List<String> rounds(Findings findings) {
        String[] headings = new String[ENCODINGS.length + 3];
        headings[0] = "Round";
        headings[1] = "Pages";
        headings[2] = "Data MiB";
        System.arraycopy(ENCODINGS, 0, headings, 3, ENCODINGS.length);
        TextTable table = new TextTable(headings);
        for (Findings.Round round : findings.rounds()) {
            String[] cells = new String[headings.length];
            cells[0] = round.number() + " " + round.kind() + (round.closed() ? "" : ", given up");
            cells[1] = String.format(Locale.ROOT, "%,d", round.pages());
            cells[2] = String.format(Locale.ROOT, "%.1f", round.dataBytes() / 1048576.0);
            for (int i = 0; i < ENCODINGS.length; i++) {
                long pages = round.pagesByEncoding().get(i);
                cells[3 + i] = pages == 0 ? "-" : String.format(Locale.ROOT, "%,d", pages);
            }
            table.row(cells);
        }
        return table.lines();
    }
}
