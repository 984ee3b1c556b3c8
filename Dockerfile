# The service as an image. Builds with BuildKit and with the legacy builder:
#   docker build -t buddyd .                                            from source, nothing else needed
#   docker build -t buddyd --build-arg JAR=target/image/buddyd-0.1.0-SNAPSHOT.jar .
#       from the jar of ./mvnw -Pimage package; that of ./mvnw package does too and starts slower
# Run it with 256 MiB or more; large replays want 512 MiB (deploy/README.md).
ARG JDK=eclipse-temurin:25-jdk
ARG JRE=eclipse-temurin:25-jre

FROM ${JDK} AS build
ARG JAR=
WORKDIR /build
COPY . .
RUN if [ -n "$JAR" ]; then cp "$JAR" application.jar; \
    else ./mvnw -B -q -Pimage -Dmaven.test.skip=true package && cp target/image/buddyd-*.jar application.jar; fi
# layers: what changes least comes first
RUN java -Djarmode=tools -jar application.jar extract --layers --destination layers \
    && mkdir -p layers/snapshot-dependencies sbom \
    && (cd sbom && jar xf ../application.jar META-INF/sbom/application.cdx.json) \
    && test -s sbom/META-INF/sbom/application.cdx.json
# the one place for the flags of the JVM: the AOT cache is dropped when it was trained with others
RUN cp deploy/image/jvm.options jvm.options \
    && if jar tf application.jar | grep -q BuddydApplication__ApplicationContextInitializer; then \
    echo -Dspring.aot.enabled=true >> jvm.options; fi

FROM ${JRE}
RUN groupadd --system --gid 10001 buddyd \
    && useradd --system --uid 10001 --gid buddyd --no-create-home --home-dir /data buddyd \
    && mkdir /data && chown buddyd:buddyd /data
WORKDIR /application
COPY --from=build /build/layers/dependencies/ ./
COPY --from=build /build/layers/snapshot-dependencies/ ./
COPY --from=build /build/layers/application/ ./
COPY --from=build /build/sbom/META-INF/sbom/application.cdx.json sbom.cdx.json
COPY --from=build /build/jvm.options ./
COPY LICENSE deploy/image/train deploy/image/healthcheck ./
# a third of the plain jar's start; the cache is part of the image
RUN ./train application.aot @jvm.options -jar application.jar && rm train

ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
LABEL org.opencontainers.image.title="buddyd" \
      org.opencontainers.image.description="The Linux page allocator as a service" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="docker.io/library/eclipse-temurin:25-jre"

USER 10001:10001
# The jar alone listens on 127.0.0.1, which nobody outside a container could reach.
ENV SERVER_ADDRESS=0.0.0.0
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 CMD ["./healthcheck"]
# Needs to write nowhere but /tmp, and /data if BUDDYD_SNAPSHOT_PATH points there. SIGTERM stops it:
# streams end, requests finish (20 s at most), the machine is kept.
ENTRYPOINT ["java", "-XX:AOTCache=application.aot", "@jvm.options", "-jar", "application.jar"]
