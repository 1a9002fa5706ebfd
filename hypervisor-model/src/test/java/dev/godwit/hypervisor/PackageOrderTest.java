package dev.godwit.hypervisor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import java.util.ArrayList;
import java.util.List;

/** The order of the rooms: a package may use what is below it, never what is above. */
@AnalyzeClasses(packages = "dev.godwit.hypervisor", importOptions = ImportOption.DoNotIncludeTests.class)
class PackageOrderTest {
    private static final String ROOT = "dev.godwit.hypervisor.";

    /** From the top down; packages of one line stand side by side. */
    private static final List<List<String>> ORDER = List.of(
            List.of("cli"),
            List.of("report"),
            List.of("advise"),
            List.of("migration"),
            List.of("hint"),
            List.of("guest"),
            List.of("machine"),
            List.of("host", "vcpu", "memory", "device", "network"),
            List.of("page"),
            List.of("stream"),
            List.of("transport"),
            List.of("sim"));

    @ArchTest
    static void noPackageUsesOneAboveIt(JavaClasses classes) {
        List<String> above = new ArrayList<>();
        for (List<String> level : ORDER) {
            if (!above.isEmpty()) {
                noClasses()
                        .that()
                        .resideInAnyPackage(patterns(level))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(patterns(above))
                        .allowEmptyShould(true)
                        .check(classes);
            }
            above.addAll(level);
        }
    }

    @ArchTest
    static void everyPackageHasItsPlaceInTheOrder(JavaClasses classes) {
        List<String> all = ORDER.stream().flatMap(List::stream).toList();
        com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes()
                .should()
                .resideInAnyPackage(patterns(all))
                .check(classes);
    }

    @ArchTest
    static void anEngineNeverSeesAnotherEngine(JavaClasses classes) {
        slices().matching(ROOT + "migration.(precopy|postcopy|hybrid|cancellable|partial|dbms)..")
                .should()
                .notDependOnEachOther()
                .allowEmptyShould(true)
                .check(classes);
    }

    @ArchTest
    static void theCheckerSharesNoCodeWithEnginesOrTheirMaps(JavaClasses classes) {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "migration.check..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + "migration.precopy..", ROOT + "migration.compare..", ROOT + "hint..", ROOT + "page..")
                .check(classes);
    }

    @ArchTest
    static void theVerifierOfStreamsSharesNoCodeWithTheirWriterAndReader(JavaClasses classes) {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "stream.verify..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + "stream", ROOT + "page..", "dev.godwit.trace..")
                .check(classes);
        noClasses()
                .that()
                .resideInAPackage(ROOT + "stream")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "stream.verify..")
                .check(classes);
    }

    @ArchTest
    static void timeAndChanceComeFromSimAlone(JavaClasses classes) {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "sim..", ROOT + "cli..")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callConstructor(java.util.SplittableRandom.class, long.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.util.Random.class)
                .check(classes);
    }

    private static String[] patterns(List<String> names) {
        return names.stream().map(name -> ROOT + name + "..").toArray(String[]::new);
    }
}
