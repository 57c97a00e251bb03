# Headless Chrome that answers a site's apps. Debian, because it has Chromium as a package. Not root: the sandbox stays on.
FROM eclipse-temurin:25-jre AS jre

FROM debian:trixie-slim
COPY --from=jre /opt/java/openjdk /opt/java/openjdk
RUN apt-get update && apt-get install -y --no-install-recommends curl chromium chromium-driver procps \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 901 --create-home gyre && install -d -m 700 -o gyre /var/lib/gyre
COPY worker-node/target/worker-node.jar /opt/gyre/worker-node.jar
USER gyre
EXPOSE 8100
ENTRYPOINT ["/opt/java/openjdk/bin/java", "-XX:+ExitOnOutOfMemoryError", "-jar", "/opt/gyre/worker-node.jar"]
