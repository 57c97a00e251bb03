# Registers peers, answers who has what, relays offers, answers and candidates.
FROM eclipse-temurin:25-jre
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 901 gyre && install -d -m 700 -o gyre /var/lib/gyre
COPY signalling-server/target/signalling-server.jar /opt/gyre/signalling-server.jar
USER gyre
EXPOSE 8090
ENTRYPOINT ["java", "-XX:+ExitOnOutOfMemoryError", "-jar", "/opt/gyre/signalling-server.jar"]
