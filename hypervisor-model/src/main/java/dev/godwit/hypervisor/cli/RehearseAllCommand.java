package dev.godwit.hypervisor.cli;

import dev.godwit.hypervisor.cli.rehearse.CatalogueProgram;
import dev.godwit.hypervisor.cli.rehearse.RehearsedProgram;
import dev.godwit.hypervisor.migration.rehearse.RehearsedTechnique;
import dev.godwit.hypervisor.report.RehearsalTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code godwit rehearse-all}: what {@code godwit rehearse} does, again and again. It asks that command which techniques there
 * are, so that a new one joins by itself.
 */
@Command(
        name = "rehearse-all",
        mixinStandardHelpOptions = true,
        versionProvider = GodwitVersion.class,
        description = {
            "Rehearses programs by every technique, over links of several speeds, into one table.",
            "",
            "Without and with hints, one rehearsal after the other. Without PIDs two programs are started for it, each",
            "with a heap of 2 GiB: orders, whose memory is mostly young, and a catalogue, which lives long. All figures",
            "are measured.",
            "",
            "With --repeat each is rehearsed again and again, without and with hints in turn, and a second table compares",
            "the two in pairs: what the program got done while it was migrated with hints, of what it did without.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit rehearse-all --json all.json",
            "  godwit rehearse-all --repeat 5 --technique pre-copy --json pairs.json",
            "  godwit rehearse-all 4711 --bandwidth 10Gbit --technique pre-copy"
        })
final class RehearseAllCommand implements Callable<Integer> {
    private static final String HEAP = "2g";
    private static final int DAY_SECONDS = 86_400;
    private static final int CATALOGUE_MEBIBYTES = 1100;
    private static final int MOST_REPETITIONS = 1000;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "PID", arity = "0..*", description = "JVMs that run (default: two are started).")
    private List<Long> pids = List.of();

    @Option(
            names = {"-b", "--bandwidth"},
            paramLabel = "RATE",
            split = ",",
            defaultValue = "1Gbit,10Gbit",
            description = "Links, comma-separated (default: ${DEFAULT-VALUE}).")
    private List<String> bandwidths;

    @Option(
            names = {"-t", "--technique"},
            paramLabel = "NAME",
            split = ",",
            description = "Techniques, comma-separated (default: all that godwit rehearse has).")
    private List<String> techniques;

    @Option(
            names = "--downtime-limit",
            paramLabel = "TIME",
            defaultValue = "300ms",
            description = "Longest pause that is accepted (default: ${DEFAULT-VALUE}).")
    private String downtimeLimit;

    @Option(
            names = "--max-rounds",
            paramLabel = "N",
            defaultValue = "10",
            description =
                    "Rounds after which a migration that does not converge is given up (default: ${DEFAULT-VALUE}).")
    private int maxRounds;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            converter = Units.Duration.class,
            defaultValue = "20s",
            description = "How long a started program runs before it is rehearsed (default: ${DEFAULT-VALUE}).")
    private long warmUpNanos;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "1",
            description = "How often all of it is done, for pairs without and with hints (default: ${DEFAULT-VALUE}).")
    private int repetitions;

    @Option(names = "--json", paramLabel = "FILE", description = "Write all results to FILE too, each as of rehearse.")
    private Path json;

    @Override
    public Integer call() throws InterruptedException {
        if (repetitions < 1 || repetitions > MOST_REPETITIONS) {
            throw new ParameterException(
                    spec.commandLine(), "--repeat " + repetitions + ": give 1 to " + MOST_REPETITIONS);
        }
        if (json != null) {
            JsonFile.check(json);
        }
        List<String> names = techniques != null ? techniques : rehearsable();
        RehearsalTable table = new RehearsalTable();
        try (ScratchDirectory scratch = ScratchDirectory.create("godwit-rehearse-all")) {
            int programs = pids.isEmpty() ? 2 : pids.size();
            int rehearsals = programs * bandwidths.size() * names.size() * 2 * repetitions;
            if (pids.isEmpty()) {
                try (RehearsedProgram orders = orders(scratch.path())) {
                    rehearse(orders, names, scratch.path(), table, rehearsals);
                }
                try (RehearsedProgram catalogue = catalogue(scratch.path())) {
                    rehearse(catalogue, names, scratch.path(), table, rehearsals);
                }
            }
            for (long pid : pids) {
                rehearse(RehearsedProgram.running(pid), names, scratch.path(), table, rehearsals);
            }
        }
        if (json != null) {
            JsonFile.write(json, table.json().getBytes(StandardCharsets.UTF_8));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(table.text());
        out.flush();
        return ExitCode.OK.code();
    }

    private static List<String> rehearsable() {
        return Stream.of(RehearsedTechnique.values())
                .map(RehearsedTechnique::label)
                .toList();
    }

    private RehearsedProgram orders(Path scratch) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of("-Dderby.system.durability=test"));
        words.addAll(DemoService.ORDERS.commandLine(DAY_SECONDS, scratch));
        return startWarm(DemoService.ORDERS.label(), words);
    }

    private RehearsedProgram catalogue(Path scratch) throws InterruptedException {
        return startWarm(
                "catalogue",
                List.of(
                        "-cp",
                        CatalogueProgram.alone(scratch).toString(),
                        CatalogueProgram.class.getName(),
                        Integer.toString(CATALOGUE_MEBIBYTES)));
    }

    private RehearsedProgram startWarm(String name, List<String> program) throws InterruptedException {
        return RehearsedProgram.startWarm(
                name, HEAP, program, warmUpNanos, spec.commandLine().getErr());
    }

    private void rehearse(
            RehearsedProgram program, List<String> names, Path scratch, RehearsalTable table, int rehearsals) {
        for (int repetition = 0; repetition < repetitions; repetition++) {
            for (String bandwidth : bandwidths) {
                for (String technique : names) {
                    for (String hints : inTurn(repetition)) {
                        String what = program.name() + ", " + bandwidth + ", " + technique + ", hints " + hints;
                        PrintWriter err = spec.commandLine().getErr();
                        err.println((table.size() + 1) + " of " + rehearsals + ": " + what);
                        err.flush();
                        one(program, bandwidth, technique, hints, scratch, table);
                    }
                }
            }
        }
    }

    /** The one that comes second finds the program as the first left it: each time it is the other one. */
    private static List<String> inTurn(int repetition) {
        return repetition % 2 == 0 ? List.of("off", "on") : List.of("on", "off");
    }

    private void one(
            RehearsedProgram program,
            String bandwidth,
            String technique,
            String hints,
            Path scratch,
            RehearsalTable table) {
        Path file = scratch.resolve("rehearsal.json");
        List<String> words = new ArrayList<>(List.of("rehearse", Long.toString(program.pid()), "--local"));
        words.addAll(List.of("--bandwidth", bandwidth, "--hints", hints, "--downtime-limit", downtimeLimit));
        words.addAll(List.of("--max-rounds", Integer.toString(maxRounds), "--json", file.toString()));
        words.addAll(List.of("--technique", technique));
        InnerCommand rehearsal = InnerCommand.run(words);
        try {
            table.add(program.name(), bandwidth, technique, hints.equals("on"), Files.readAllBytes(file));
            Files.delete(file);
        } catch (IOException nothing) {
            // There is no result of what could not be begun.
            String why = program.howItEnded().orElse(rehearsal.lastLine());
            table.add(program.name(), bandwidth, technique, hints.equals("on"), why);
        }
    }
}
