package gyre.proxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "gyre.proxy", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  @ArchTest
  static final ArchRule routesAreDecidedWithoutSocketFileThreadOrClock =
      noClasses()
          .that()
          .resideInAPackage("gyre.proxy.route..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.nio.file..",
              "java.nio.channels..",
              "java.util.concurrent..",
              "io.netty..",
              "org.slf4j..")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.lang.Thread");

  @ArchTest
  static final ArchRule cachingIsDecidedWithoutNetworkThreadOrClock =
      noClasses()
          .that()
          .resideInAPackage("gyre.proxy.cache..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net..", "java.nio.channels..", "io.netty..")
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
  static final ArchRule onlyFrontAndUpstreamNameNettysCodecs =
      noClasses()
          .that()
          .resideOutsideOfPackages("gyre.proxy.http..", "gyre.proxy.upstream..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.netty.handler.codec..");

  @ArchTest
  static final ArchRule onlyTheChildNamesWebRtc =
      noClasses()
          .that()
          .resideOutsideOfPackage("gyre.proxy.channel.child..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.onvoid..");

  @ArchTest
  static final ArchRule onlyTheAcmeClientNamesItsLibraries =
      noClasses()
          .that()
          .resideOutsideOfPackage("gyre.proxy.certificate.acme..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.shredzone..", "org.bouncycastle..");

  @ArchTest
  static final ArchRule certificatesAreKeptWithoutKnowingListenersOrProtocols =
      noClasses()
          .that()
          .resideInAPackage("gyre.proxy.certificate..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("gyre.proxy.http..", "gyre.proxy.secure..", "io.netty..");

  @ArchTest
  static final ArchRule listenersDoNotKnowWhoIssuesTheirCertificates =
      noClasses()
          .that()
          .resideInAPackage("gyre.proxy.http..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("gyre.proxy.certificate.acme..");

  @ArchTest
  static final ArchRule adaptersDoNotKnowEachOther =
      slices()
          .matching("gyre.proxy.(http|upstream|publication|store|swarm|app|client|admin)..")
          .should()
          .notDependOnEachOther();

  @ArchTest
  static final ArchRule theFlowKnowsNoAdapter =
      noClasses()
          .that()
          .resideInAPackage("gyre.proxy.fetch..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "gyre.proxy.http..",
              "gyre.proxy.upstream..",
              "gyre.proxy.publication..",
              "gyre.proxy.store..",
              "gyre.proxy.swarm..",
              "gyre.proxy.app..",
              "gyre.proxy.client..",
              "gyre.proxy.admin..",
              "gyre.proxy.channel..",
              "io.netty..");

  @ArchTest
  static final ArchRule servicesNeverImportEachOther =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackages("gyre.signalling..", "gyre.worker..", "gyre.load..");
}
