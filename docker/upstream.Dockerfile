# The demo gallery's web server: what Gyre is put in front of.
FROM eclipse-temurin:25-jre
RUN useradd --system gyre
COPY load-tests/target/load-tests.jar /opt/gyre/load-tests.jar
USER gyre
EXPOSE 8085
ENTRYPOINT ["java", "-jar", "/opt/gyre/load-tests.jar"]
