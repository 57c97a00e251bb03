# HTTP front, cache, manifests, app routing. The libraries are those that its channel child (webrtc-java) needs;
# workerd executes apps when no worker does.
FROM node:22-slim AS workerd
RUN npm install --prefix /workerd workerd

FROM eclipse-temurin:25-jre
RUN apt-get update && apt-get install -y --no-install-recommends \
      curl libpulse0 libx11-6 libxfixes3 libxrandr2 libxcomposite1 libdbus-1-3 && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 901 gyre && install -d -m 700 -o gyre /var/lib/gyre
COPY --from=workerd /workerd/node_modules/@cloudflare/workerd-linux-64/bin/workerd /usr/local/bin/workerd
COPY origin-proxy/target/origin-proxy.jar /opt/gyre/origin-proxy.jar
USER gyre
EXPOSE 8080
ENTRYPOINT ["java", "-XX:+ExitOnOutOfMemoryError", "-jar", "/opt/gyre/origin-proxy.jar"]
