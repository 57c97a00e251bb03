package gyre.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "gyre.worker", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule seleniumIsNamedByTheBrowserAlone =
      noClasses()
          .that()
          .resideOutsideOfPackage("gyre.worker.browser..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.openqa..");

  @ArchTest
  static final ArchRule thePlanIsPure =
      noClasses()
          .that()
          .resideInAPackage("gyre.worker.fleet..")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages(
              "gyre.worker.fleet..",
              "gyre.wire",
              "java.lang..",
              "java.util",
              "java.util.function",
              "java.util.stream",
              "java.time..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule adaptersDoNotKnowEachOther =
      noClasses()
          .that()
          .resideInAPackage("gyre.worker.browser..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("gyre.worker.shell..", "gyre.worker");

  @ArchTest
  static final ArchRule servicesDoNotKnowEachOther =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("gyre.proxy..", "gyre.signalling..", "gyre.load..");
}
