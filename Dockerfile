# Build the jar first: ./mvnw package
FROM eclipse-temurin:25-jre AS extract
WORKDIR /builder
COPY target/buddyd-*.jar application.jar
RUN java -Djarmode=tools -jar application.jar extract --layers --destination extracted

FROM eclipse-temurin:25-jre
RUN groupadd --system buddyd && useradd --system --gid buddyd --no-create-home buddyd
WORKDIR /application
# what changes least comes first
COPY --from=extract /builder/extracted/dependencies/ ./
COPY --from=extract /builder/extracted/spring-boot-loader/ ./
COPY --from=extract /builder/extracted/snapshot-dependencies/ ./
COPY --from=extract /builder/extracted/application/ ./
# The AOT cache halves the start. A cache trained with other flags than those of the entry point
# would be dropped in silence.
RUN java -XX:AOTCacheOutput=application.aot -Dspring.context.exit=onRefresh -jar application.jar
USER buddyd
# the jar alone listens on 127.0.0.1, which nobody outside a container could reach
ENV SERVER_ADDRESS=0.0.0.0
EXPOSE 8080
ENTRYPOINT ["java", "-XX:AOTCache=application.aot", "-jar", "application.jar"]
