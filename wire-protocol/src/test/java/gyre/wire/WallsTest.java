package gyre.wire;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "gyre.wire", importOptions = ImportOption.DoNotIncludeTests.class)
final class WallsTest {
  @ArchTest
  static final ArchRule wireImportsTheJdkAndJspecifyOnly =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("gyre.wire..", "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule wireOpensNothingAndReadsNoClock =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net..", "java.nio.file..", "java.util.concurrent..")
          .orShould()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime");

  @ArchTest
  static final ArchRule messagesKnowNothingOfTheirCodecs =
      noClasses()
          .that()
          .resideInAPackage("gyre.wire")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "gyre.wire.codec..", "gyre.wire.manifest..", "gyre.wire.token..", "gyre.wire.key..");
}
