package gyre.signalling;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "gyre.signalling", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  @ArchTest
  static final ArchRule pureCodeOpensNothingStartsNothingAndReadsNoClock =
      noClasses()
          .that()
          .resideInAnyPackage("..directory..", "..matching..", "..admission..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.io..",
              "java.nio.file..",
              "java.nio.channels..",
              "java.util.concurrent..",
              "org.slf4j..",
              "org.java_websocket..")
          .orShould()
          .dependOnClassesThat(
              resideInAPackage("gyre.operations..")
                  .and(resideOutsideOfPackage("gyre.operations.address..")))
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.lang.Thread")
          .orShould()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

  @ArchTest
  static final ArchRule onlySessionNamesTheWebSocketLibrary =
      noClasses()
          .that()
          .resideOutsideOfPackage("..session..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.java_websocket..");

  @ArchTest
  static final ArchRule nothingButTheMainPackageAndTheSessionKnowsTheSession =
      noClasses()
          .that()
          .resideInAnyPackage("..directory..", "..matching..", "..admission..", "..relay..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..session..");

  @ArchTest
  static final ArchRule matchingAndAdmissionStandAlone =
      noClasses()
          .that()
          .resideInAnyPackage("..matching..", "..admission..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..directory..", "..relay..", "..session..");

  @ArchTest
  static final ArchRule servicesNeverImportEachOther =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackages("gyre.proxy..", "gyre.worker..", "gyre.load..");
}
